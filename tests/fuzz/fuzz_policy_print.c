// SPDX-License-Identifier: MIT
/* A policy that parses is printed, parsed again and must be the same; the second print must equal the first. */
#include <stdint.h>
#include "policy_parse.h"
#include "policy_print.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const unsigned versions[] = {
	KERNEL(5, 10), KERNEL(6, 1), KERNEL(6, 12), KERNEL(6, 19), KERNEL(7, 1), KERNEL(7, 2)};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_policy_ struct policy policy = {0}, again = {0};
	_cleanup_buf_ struct buf source = {0}, kernel = {0}, kernel_again = {0};
	struct kernel_model model;

	kernel_model_init(&model, versions[size % ARRAY_SIZE(versions)]);
	model.labels = size / ARRAY_SIZE(versions) % 3;
	if (policy_parse(&model, (const char *)data, size, NULL, &policy) < 0 || !policy.count)
		return 0;
	policy_print(&source, &policy, PRINT_SOURCE);
	policy_print(&kernel, &policy, PRINT_KERNEL);
	if (policy_parse(&model, buf_string(&source), source.len, NULL, &again) < 0 ||
		!policy_equal(&policy, &again))
		__builtin_trap();
	policy_print(&kernel_again, &again, PRINT_KERNEL);
	if (kernel.len != kernel_again.len ||
		memcmp(buf_string(&kernel), buf_string(&kernel_again), kernel.len) != 0)
		__builtin_trap();
	return 0;
}

// SPDX-License-Identifier: MIT
/* Folders of libraries for newer processors; see hwcaps.h. */
#include "hwcaps.h"

#include <stdint.h>
#include "util.h"

#define PREFIX "x86-64-v"

unsigned int hwcaps_level(const char *name)
{
	size_t len = sizeof(PREFIX) - 1;

	if (strncmp(name, PREFIX, len) != 0 || name[len] < '2' || name[len] > '4' || name[len + 1])
		return 0;
	return (unsigned int)(name[len] - '0');
}

#ifdef __x86_64__
#include <cpuid.h>

/* The bits of each level, as the psABI lists them, and the registers' state that the system must save for them. */
#define V2_ECX1                                               \
	(1u << 0 | 1u << 9 | 1u << 13 | 1u << 19 | 1u << 20 | \
		1u << 23)  /* SSE3 SSSE3 CX16 SSE4.1 SSE4.2 POPCNT */
#define V2_ECX81 (1u << 0) /* LAHF */
#define V3_ECX1 (1u << 12 | 1u << 22 | 1u << 27 | 1u << 28 | 1u << 29) /* FMA MOVBE OSXSAVE AVX F16C */
#define V3_EBX7 (1u << 3 | 1u << 5 | 1u << 8)                          /* BMI1 AVX2 BMI2 */
#define V3_ECX81 (1u << 5)                                             /* LZCNT */
#define V3_STATE 0x06u
#define V4_EBX7 (1u << 16 | 1u << 17 | 1u << 28 | 1u << 30 | 1u << 31) /* AVX512 F DQ CD BW VL */
#define V4_STATE 0xe6u

static uint32_t saved_state(void)
{
	uint32_t eax, edx;

	__asm__ volatile("xgetbv" : "=a"(eax), "=d"(edx) : "c"(0));
	return eax;
}

static int has(uint32_t value, uint32_t bits)
{
	return (value & bits) == bits;
}

unsigned int hwcaps_running(void)
{
	uint32_t eax, ebx, ecx1 = 0, ebx7 = 0, ecx81 = 0, ecx, edx, state;

	if (!__get_cpuid(1, &eax, &ebx, &ecx1, &edx) || !__get_cpuid(0x80000001u, &eax, &ebx, &ecx81, &edx) ||
		!has(ecx1, V2_ECX1) || !has(ecx81, V2_ECX81))
		return 1;
	if (!__get_cpuid_count(7, 0, &eax, &ebx7, &ecx, &edx) || !has(ecx1, V3_ECX1) || !has(ebx7, V3_EBX7) ||
		!has(ecx81, V3_ECX81))
		return 2;
	state = saved_state();
	if (!has(state, V3_STATE))
		return 2;
	return has(ebx7, V4_EBX7) && has(state, V4_STATE) ? 4 : 3;
}
#else
unsigned int hwcaps_running(void)
{
	return 1;
}
#endif

// SPDX-License-Identifier: MIT
/* Any ELF file: what is read is within its bounds, and the same from memory and from a file. */
#include "fuzz.h"
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>
#include "elffile.h"

static void check_string(const char *text)
{
	CHECK(!text || strlen(text) < ELF_STRING_MAX);
}

static void check(const struct elf *elf)
{
	size_t i;

	CHECK(elf->bits == 32 || elf->bits == 64);
	CHECK(elf->needed_count <= ELF_NEEDED_MAX);
	CHECK(elf->kept >= elf->needed_count * ELF_STRING_EXTRA);
	CHECK(elf->kept <= (ELF_NEEDED_MAX + 4) * (ELF_STRING_MAX + ELF_STRING_EXTRA));
	CHECK(!elf->rpath || !elf->runpath);
	CHECK(!elf->interp || strlen(elf->interp) < ELF_STRING_MAX);
	check_string(elf->soname);
	check_string(elf->rpath);
	check_string(elf->runpath);
	for (i = 0; i < elf->needed_count; i++) {
		CHECK(elf->needed[i]);
		check_string(elf->needed[i]);
		CHECK(strlen(elf->needed[i]) <= ELF_NAME_MAX || strchr(elf->needed[i], '/'));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *bytes = fuzz_copy(data, size);
	struct elf_source source = {.bytes = bytes, .fd = -1, .len = size};
	struct elf elf = {0}, same = {0};
	const char *why = NULL;
	static int fd = -1;
	int r = elf_read(&source, &elf, &why);

	CHECK(r == 0 || r == -ENOEXEC || r == -EBADMSG);
	CHECK(r != 0 || data[5] == 1 + elf.big_endian);
	CHECK(r == 0 || (why && *why));
	if (fd < 0)
		fd = memfd_create("fuzz", MFD_CLOEXEC);
	CHECK(fd >= 0 && ftruncate(fd, 0) == 0 && pwrite(fd, bytes, size, 0) == (ssize_t)size);
	source.bytes = NULL;
	source.fd = fd;
	CHECK(elf_read(&source, &same, &why) == r);
	if (r == 0) {
		check(&elf);
		CHECK(elf.needed_count == same.needed_count && elf.machine == same.machine);
		CHECK(!elf.interp == !same.interp && (!elf.interp || string_equal(elf.interp, same.interp)));
	}
	elf_free(&elf);
	elf_free(&same);
	free(bytes);
	return 0;
}

// SPDX-License-Identifier: MIT
/*
 * Tests of common/elffile.c: whole files of both classes, from memory and from a file, and each way to be malformed.
 * wrap: malloc realloc strdup pread
 */
#include "elffile.h"
#include "fakeelf.h"
#include "fakeroot.h"

static struct elf elf;
static const char *why;
static int no_malloc, no_realloc, no_strdup, pread_error; /* no_*: fails at the n-th call from now */

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_realloc(void *pointer, size_t size);
void *__wrap_realloc(void *pointer, size_t size);
char *__real_strdup(const char *text);
char *__wrap_strdup(const char *text);
ssize_t __real_pread(int fd, void *ret, size_t len, off_t at);
ssize_t __wrap_pread(int fd, void *ret, size_t len, off_t at);

void *__wrap_malloc(size_t size)
{
	return no_malloc && !--no_malloc ? NULL : __real_malloc(size);
}

void *__wrap_realloc(void *pointer, size_t size)
{
	return no_realloc && !--no_realloc ? NULL : __real_realloc(pointer, size);
}

char *__wrap_strdup(const char *text)
{
	return no_strdup && !--no_strdup ? NULL : __real_strdup(text);
}

ssize_t __wrap_pread(int fd, void *ret, size_t len, off_t at)
{
	int error = pread_error;

	pread_error = 0;
	if (error == EINTR || error == EIO) {
		errno = error;
		return -1;
	}
	return error == ENODATA ? 0 : __real_pread(fd, ret, len > 7 ? 7 : len, at);
}

static int read_bytes(size_t len)
{
	uint8_t *copy = malloc(len + !len);
	struct elf_source source = {.bytes = copy, .fd = -1, .len = len};
	int r;

	assert_non_null(copy);
	memcpy(copy, fakeelf.bytes, len);
	r = elf_read(&source, &elf, &why);
	free(copy);
	return r;
}

/* The file as it stands is refused so. */
static void check_bad(int error, const char *wanted)
{
	assert_int_equal(read_bytes(ELF_SIZE), error);
	assert_string_equal(why, wanted);
}

static void fill(bool small)
{
	fakeelf_begin(small, "/lib/ld.so");
	fakeelf_text(DT_NEEDED, "liba.so");
	fakeelf_text(DT_SONAME, "self.so");
	fakeelf_text(DT_NEEDED, "libb.so");
	fakeelf_text(DT_RPATH, "/r");
}

static void check_filled(bool small)
{
	assert_int_equal(elf.bits, small ? 32 : 64);
	if (elf.big_endian)
		assert_int_equal(elf.machine, EM_S390);
	else
		assert_int_equal(elf.machine, small ? EM_386 : EM_X86_64);
	assert_string_equal(elf.interp, "/lib/ld.so");
	assert_string_equal(elf.soname, "self.so");
	assert_string_equal(elf.rpath, "/r");
	assert_null(elf.runpath);
	assert_int_equal(elf.needed_count, 2);
	assert_string_equal(elf.needed[0], "liba.so");
	assert_string_equal(elf.needed[1], "libb.so");
	assert_false(elf.no_default);
	elf_free(&elf);
}

static void whole_files_of_both_classes(void **context)
{
	int small;

	(void)context;
	for (small = 0; small < 2; small++) {
		fill(small);
		assert_int_equal(read_bytes(ELF_SIZE), 0);
		check_filled(small);
	}
}

static void files_of_the_other_byte_order(void **context)
{
	int small;

	(void)context;
	for (small = 0; small < 2; small++) {
		fill(small);
		fakeelf_big_endian();
		assert_int_equal(read_bytes(ELF_SIZE), 0);
		assert_true(elf.big_endian);
		check_filled(small);
		/* The header says which it is. */
		fakeelf.bytes[EI_DATA] = ELFDATA2LSB;
		check_bad(-ENOEXEC, "is an ELF file that is neither a program nor a shared object");
	}
}

static void a_file_is_read_piece_by_piece(void **context)
{
	struct elf_source source = {.len = ELF_SIZE};

	(void)context;
	fill(false);
	fakeroot_bytes("/f", fakeelf.bytes, ELF_SIZE);
	source.fd = open(fakeroot_path("/f"), O_RDONLY | O_CLOEXEC);
	assert_true(source.fd >= 0);
	pread_error = EINTR;
	assert_int_equal(elf_read(&source, &elf, &why), 0);
	check_filled(false);
	pread_error = EIO;
	assert_int_equal(elf_read(&source, &elf, &why), -EIO);
	assert_string_equal(why, "cannot be read");
	pread_error = ENODATA;
	assert_int_equal(elf_read(&source, &elf, &why), -EIO);
	(void)close(source.fd);
}

static void a_runpath_voids_the_rpath(void **context)
{
	(void)context;
	fakeelf_begin(false, NULL);
	fakeelf_text(DT_RPATH, "/r");
	fakeelf_text(DT_RUNPATH, "/run");
	fakeelf_entry(DT_FLAGS_1, DF_1_NODEFLIB);
	assert_int_equal(read_bytes(ELF_SIZE), 0);
	assert_null(elf.rpath);
	assert_null(elf.interp);
	assert_string_equal(elf.runpath, "/run");
	assert_true(elf.no_default);
	elf_free(&elf);
}

static void a_static_program_asks_for_nothing(void **context)
{
	(void)context;
	fakeelf_begin(false, NULL);
	fakeelf_segment(1, PT_NULL, 0, 0, 0);
	assert_int_equal(read_bytes(ELF_SIZE), 0);
	assert_int_equal(elf.needed_count, 0);
	fakeelf_segment(1, PT_DYNAMIC, ELF_DYNAMIC, 0, 8); /* no whole entry */
	assert_int_equal(read_bytes(ELF_SIZE), 0);
	fakeelf_segment(1, PT_DYNAMIC, ELF_DYNAMIC + 0x300, 0, 64); /* only DT_NULL */
	assert_int_equal(read_bytes(ELF_SIZE), 0);
	elf_free(&elf);
}

static void what_is_no_elf_file(void **context)
{
	(void)context;
	fill(false);
	assert_int_equal(read_bytes(0), -ENOEXEC);
	assert_int_equal(read_bytes(EI_NIDENT - 1), -ENOEXEC);
	assert_string_equal(why, "is no ELF file");
	fakeelf.bytes[1] = 'e';
	check_bad(-ENOEXEC, "is no ELF file");
	fill(false);
	fakeelf_ehdr()->e_type = ET_REL;
	check_bad(-ENOEXEC, "is an ELF file that is neither a program nor a shared object");
}

static void malformed_headers(void **context)
{
	(void)context;
	fill(false);
	fakeelf.bytes[EI_CLASS] = 3;
	check_bad(-EBADMSG, "has neither 32 nor 64 bits by its ELF header");
	fill(false);
	fakeelf.bytes[EI_DATA] = 9;
	check_bad(-EBADMSG, "has no byte order in its ELF header");
	fill(false);
	fakeelf_ehdr()->e_phnum = 0;
	check_bad(-EBADMSG, "has no program headers of the right size and number");
	fakeelf_ehdr()->e_phnum = 1171;
	check_bad(-EBADMSG, "has no program headers of the right size and number");
	fill(false);
	fakeelf_ehdr()->e_phentsize = 32;
	check_bad(-EBADMSG, "has no program headers of the right size and number");
	fill(false);
	fakeelf_ehdr()->e_phoff = UINT64_MAX - 8;
	check_bad(-EBADMSG, "is cut off: a part that its headers name lies behind its end");
	fill(false);
	assert_int_equal(read_bytes(EI_NIDENT + 1), -EBADMSG);
	assert_int_equal(read_bytes(ELF_PHDRS + 1), -EBADMSG);
}

static void malformed_interpreters(void **context)
{
	(void)context;
	fill(false);
	fakeelf_phdr(2)->p_filesz = 1;
	check_bad(-EBADMSG, "has the name of a dynamic linker that is empty or too long");
	fakeelf_phdr(2)->p_filesz = 4097;
	check_bad(-EBADMSG, "has the name of a dynamic linker that is empty or too long");
	fakeelf_phdr(2)->p_filesz = 4;
	check_bad(-EBADMSG, "has the name of a dynamic linker that has no end");
	fill(false);
	fakeelf_phdr(2)->p_offset = UINT64_MAX - 2;
	assert_int_equal(read_bytes(ELF_SIZE), -EBADMSG);
}

static void malformed_dynamic_sections(void **context)
{
	(void)context;
	fill(false);
	fakeelf_phdr(1)->p_filesz = (uint64_t)4097 * 16;
	check_bad(-EBADMSG, "has more than 4096 dynamic entries");
	fill(false);
	fakeelf_phdr(1)->p_offset = ELF_SIZE - 8;
	check_bad(-EBADMSG, "is cut off: a part that its headers name lies behind its end");
	fill(false);
	fakeelf_phdr(0)->p_type = PT_NULL;
	check_bad(-EBADMSG, "has its table of strings outside all segments");
	fill(false);
	fakeelf_phdr(0)->p_offset = UINT64_MAX - 4;
	check_bad(-EBADMSG, "has its table of strings outside all segments");
	fill(false);
	fakeelf_entry(DT_STRSZ, ELF_SIZE);
	check_bad(-EBADMSG, "has a table of strings that is longer than its segment");
	fill(false);
	fakeelf_entry(DT_NEEDED, ELF_SIZE - ELF_STRINGS);
	check_bad(-EBADMSG, "names a string outside its table of strings");
	fill(false);
	memset(fakeelf.bytes + ELF_SIZE - 8, 'x', 8);
	fakeelf_entry(DT_SONAME, ELF_SIZE - ELF_STRINGS - 8);
	check_bad(-EBADMSG, "has a string without an end, or longer than 4095 bytes");
	fakeelf_begin(false, NULL);
	memset(fakeelf.bytes + ELF_DYNAMIC, 0, 32);
	*(Elf64_Dyn *)(void *)(fakeelf.bytes + ELF_DYNAMIC) = (Elf64_Dyn){.d_tag = DT_NEEDED};
	check_bad(-EBADMSG, "has a dynamic section without a table of strings");
}

static void too_many_libraries(void **context)
{
	static uint8_t many[0x200 + 1100 * sizeof(Elf64_Dyn)];
	struct elf_source source = {.bytes = many, .len = sizeof(many)};
	Elf64_Dyn *entries = (Elf64_Dyn *)(void *)(many + 0x200);
	size_t i;

	(void)context;
	fakeelf_begin(false, NULL);
	fakeelf_segment(0, PT_LOAD, 0, 0, sizeof(many));
	fakeelf_segment(1, PT_DYNAMIC, 0x200, 0, sizeof(many) - 0x200);
	memcpy(many, fakeelf.bytes, 0x200);
	entries[0] = (Elf64_Dyn){.d_tag = DT_STRTAB, .d_un.d_val = 0x1f0};
	entries[1] = (Elf64_Dyn){.d_tag = DT_STRSZ, .d_un.d_val = 8};
	entries[1].d_un.d_val = 0x1000;
	for (i = 2; i < 1090; i++)
		entries[i] = (Elf64_Dyn){.d_tag = DT_NEEDED, .d_un.d_val = i};
	assert_int_equal(elf_read(&source, &elf, &why), -EBADMSG);
	assert_string_equal(why, "asks for more than 1024 libraries");
	/* One name that is listed so often is kept once. */
	for (i = 2; i < 1090; i++)
		entries[i].d_un.d_val = 7;
	assert_int_equal(elf_read(&source, &elf, &why), 0);
	assert_int_equal(elf.needed_count, 1);
	assert_int_equal(elf.kept, strlen(elf.needed[0]) + ELF_STRING_EXTRA);
	elf_free(&elf);
}

/* A name of a library is that of a file, unless it is a path. */
static void names_that_are_too_long(void **context)
{
	char name[300];

	(void)context;
	memset(name, 'n', sizeof(name));
	name[ELF_NAME_MAX + 1] = '\0';
	fakeelf_begin(false, NULL);
	fakeelf_text(DT_NEEDED, name);
	check_bad(-EBADMSG, "asks for a library by a name of more than 255 bytes");
	name[0] = '/';
	fakeelf_begin(false, NULL);
	fakeelf_text(DT_NEEDED, name);
	fakeelf_text(DT_NEEDED, name + 1);
	assert_int_equal(read_bytes(ELF_SIZE), 0);
	assert_int_equal(elf.needed_count, 2);
	assert_int_equal(elf.kept, 256 + 255 + 2 * ELF_STRING_EXTRA);
	elf_free(&elf);
}

static void no_memory(void **context)
{
	(void)context;
	fill(false);
	no_malloc = 2; /* the first one is the copy of the file */
	check_bad(-ENOMEM, "takes more memory than there is");
	no_malloc = 3;
	check_bad(-ENOMEM, "takes more memory than there is");
	no_strdup = 1;
	check_bad(-ENOMEM, "takes more memory than there is");
	no_realloc = 1;
	check_bad(-ENOMEM, "takes more memory than there is");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_files_of_both_classes),
		cmocka_unit_test(files_of_the_other_byte_order),
		ROOT_TEST(a_file_is_read_piece_by_piece),
		cmocka_unit_test(a_runpath_voids_the_rpath),
		cmocka_unit_test(a_static_program_asks_for_nothing),
		cmocka_unit_test(what_is_no_elf_file),
		cmocka_unit_test(malformed_headers),
		cmocka_unit_test(malformed_interpreters),
		cmocka_unit_test(malformed_dynamic_sections),
		cmocka_unit_test(too_many_libraries),
		cmocka_unit_test(names_that_are_too_long),
		cmocka_unit_test(no_memory),
	};

	return RUN_TESTS(tests);
}

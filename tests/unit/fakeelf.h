/* SPDX-License-Identifier: MIT */
/* ELF files for tests: one segment that is the whole file, a dynamic linker, a dynamic section and its strings. */
#ifndef IMABOOT_TEST_FAKEELF_H
#define IMABOOT_TEST_FAKEELF_H

#include <elf.h>
#include "unit.h"

enum { ELF_PHDRS = 64, ELF_DYNAMIC = 0x200, ELF_STRINGS = 0x600, ELF_SIZE = 0x1000, ELF_ADDRESS = 0x10000 };

static struct {
	uint8_t bytes[ELF_SIZE];
	size_t entries, strings; /* used so far */
	bool small;              /* 32 bits */
} fakeelf;

static inline uint64_t fakeelf_string(const char *text)
{
	uint64_t at = fakeelf.strings;

	assert_true(ELF_STRINGS + at + strlen(text) + 1 <= ELF_SIZE);
	strcpy((char *)fakeelf.bytes + ELF_STRINGS + at, text);
	fakeelf.strings += strlen(text) + 1;
	return at;
}

/* Adds an entry to the dynamic section. */
static inline void fakeelf_entry(uint64_t tag, uint64_t value)
{
	size_t at = ELF_DYNAMIC + fakeelf.entries++ * (fakeelf.small ? sizeof(Elf32_Dyn) : sizeof(Elf64_Dyn));

	if (fakeelf.small)
		*(Elf32_Dyn *)(void *)(fakeelf.bytes + at) =
			(Elf32_Dyn){.d_tag = (Elf32_Sword)tag, .d_un.d_val = (Elf32_Word)value};
	else
		*(Elf64_Dyn *)(void *)(fakeelf.bytes + at) =
			(Elf64_Dyn){.d_tag = (Elf64_Sxword)tag, .d_un.d_val = value};
}

static inline void fakeelf_text(uint64_t tag, const char *text)
{
	if (text)
		fakeelf_entry(tag, fakeelf_string(text));
}

static inline Elf64_Phdr *fakeelf_phdr(size_t n)
{
	return (Elf64_Phdr *)(void *)(fakeelf.bytes + ELF_PHDRS) + n;
}

static inline Elf64_Ehdr *fakeelf_ehdr(void)
{
	return (Elf64_Ehdr *)(void *)fakeelf.bytes;
}

/* Sets program header n of either class. */
static inline void fakeelf_segment(size_t n, uint32_t type, uint64_t offset, uint64_t address, uint64_t size)
{
	if (fakeelf.small)
		((Elf32_Phdr *)(void *)(fakeelf.bytes + ELF_PHDRS))[n] = (Elf32_Phdr){.p_type = type,
			.p_offset = (Elf32_Off)offset,
			.p_vaddr = (Elf32_Addr)address,
			.p_filesz = (Elf32_Word)size};
	else
		*fakeelf_phdr(n) = (Elf64_Phdr){
			.p_type = type, .p_offset = offset, .p_vaddr = address, .p_filesz = size};
}

static inline void fakeelf_swap(size_t at, const char *sizes)
{
	for (; *sizes; sizes++) {
		size_t i, size = (size_t)(*sizes - '0');

		for (i = 0; i < size / 2; i++) {
			uint8_t byte = fakeelf.bytes[at + i];

			fakeelf.bytes[at + i] = fakeelf.bytes[at + size - 1 - i];
			fakeelf.bytes[at + size - 1 - i] = byte;
		}
		at += size;
	}
}

/* Makes the file that is done one of s390x: every number of it in the other byte order. */
static inline void fakeelf_big_endian(void)
{
	size_t i;

	fakeelf_ehdr()->e_machine = EM_S390;
	fakeelf.bytes[EI_DATA] = ELFDATA2MSB;
	fakeelf_swap(EI_NIDENT, fakeelf.small ? "2244444222222" : "2248884222222");
	for (i = 0; i < 3; i++)
		fakeelf_swap(ELF_PHDRS + i * (fakeelf.small ? sizeof(Elf32_Phdr) : sizeof(Elf64_Phdr)),
			fakeelf.small ? "44444444" : "44888888");
	for (i = 0; i < fakeelf.entries; i++)
		fakeelf_swap(ELF_DYNAMIC + i * (fakeelf.small ? sizeof(Elf32_Dyn) : sizeof(Elf64_Dyn)),
			fakeelf.small ? "44" : "88");
}

/* Begins a file of 64 bits, or 32, with an empty dynamic section; interp NULL: none. */
static inline void fakeelf_begin(bool small, const char *interp)
{
	memset(&fakeelf, 0, sizeof(fakeelf));
	fakeelf.small = small;
	memcpy(fakeelf.bytes, ELFMAG, SELFMAG);
	fakeelf.bytes[EI_CLASS] = small ? ELFCLASS32 : ELFCLASS64;
	fakeelf.bytes[EI_DATA] = ELFDATA2LSB;
	if (small) {
		Elf32_Ehdr *header = (Elf32_Ehdr *)(void *)fakeelf.bytes;

		*header = (Elf32_Ehdr){.e_type = ET_DYN,
			.e_machine = EM_386,
			.e_phoff = ELF_PHDRS,
			.e_phnum = 3,
			.e_phentsize = sizeof(Elf32_Phdr)};
	} else {
		*fakeelf_ehdr() = (Elf64_Ehdr){.e_type = ET_DYN,
			.e_machine = EM_X86_64,
			.e_phoff = ELF_PHDRS,
			.e_phnum = 3,
			.e_phentsize = sizeof(Elf64_Phdr)};
	}
	memcpy(fakeelf.bytes, ELFMAG, SELFMAG);
	fakeelf.bytes[EI_CLASS] = small ? ELFCLASS32 : ELFCLASS64;
	fakeelf.bytes[EI_DATA] = ELFDATA2LSB;
	(void)fakeelf_string("");
	fakeelf_segment(0, PT_LOAD, 0, ELF_ADDRESS, ELF_SIZE);
	fakeelf_segment(1, PT_DYNAMIC, ELF_DYNAMIC, 0, ELF_STRINGS - ELF_DYNAMIC);
	fakeelf_entry(DT_STRTAB, ELF_ADDRESS + ELF_STRINGS);
	fakeelf_entry(DT_STRSZ, ELF_SIZE - ELF_STRINGS);
	if (interp) {
		uint64_t at = fakeelf_string(interp);

		fakeelf_segment(2, PT_INTERP, ELF_STRINGS + at, 0, strlen(interp) + 1);
	}
}

#endif

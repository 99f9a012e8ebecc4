// SPDX-License-Identifier: MIT
/* What an ELF file asks for; see elffile.h. Fields are read by their offsets, so that no alignment and no word size counts. */
#include "elffile.h"

#include <elf.h>
#include <errno.h>
#include "bytes.h"

#define HEADERS_MAX 1170 /* program headers: the kernel takes 64 KiB of them (load_elf_phdrs) */
#define DYNAMIC_MAX 4096 /* entries of the dynamic section; real ones have 30, and one for each library */

/* Where the fields are, for each class. */
struct layout {
	size_t header, phoff, phentsize, phnum;    /* of the file's header */
	size_t entry, type, offset, vaddr, filesz; /* of a program header */
	size_t word;                               /* bytes of an address */
};

static const struct layout layouts[] = {
	{sizeof(Elf32_Ehdr), offsetof(Elf32_Ehdr, e_phoff), offsetof(Elf32_Ehdr, e_phentsize),
		offsetof(Elf32_Ehdr, e_phnum), sizeof(Elf32_Phdr), offsetof(Elf32_Phdr, p_type),
		offsetof(Elf32_Phdr, p_offset), offsetof(Elf32_Phdr, p_vaddr), offsetof(Elf32_Phdr, p_filesz),
		4},
	{sizeof(Elf64_Ehdr), offsetof(Elf64_Ehdr, e_phoff), offsetof(Elf64_Ehdr, e_phentsize),
		offsetof(Elf64_Ehdr, e_phnum), sizeof(Elf64_Phdr), offsetof(Elf64_Phdr, p_type),
		offsetof(Elf64_Phdr, p_offset), offsetof(Elf64_Phdr, p_vaddr), offsetof(Elf64_Phdr, p_filesz),
		8},
};

struct piece {
	uint64_t offset, len;
};

/* What one run shares. */
struct reader {
	const struct elf_source *source;
	const struct layout *layout;
	uint8_t *headers; /* the program headers */
	size_t header_count;
	bool big_endian;
	struct piece strings; /* the table of strings, in the file */
	size_t kept;          /* see struct elf */
	const char *why;
};

static int bad(struct reader *reader, const char *why)
{
	reader->why = why;
	return -EBADMSG;
}

static int no_memory(struct reader *reader)
{
	reader->why = "takes more memory than there is";
	return -ENOMEM;
}

static uint64_t number(const struct reader *reader, const uint8_t *bytes, size_t size)
{
	return bytes_number(bytes, size, reader->big_endian);
}

/* Copies len bytes at an offset of the file. */
static int get(struct reader *reader, uint64_t offset, void *ret, size_t len)
{
	const struct elf_source *source = reader->source;
	size_t done = 0;
	ssize_t n;

	if (offset > source->len || len > source->len - offset)
		return bad(reader, "is cut off: a part that its headers name lies behind its end");
	if (source->bytes) {
		memcpy(ret, source->bytes + offset, len);
		return 0;
	}
	while (done < len) {
		n = pread(source->fd, (char *)ret + done, len - done, (off_t)(offset + done));
		if (n < 0 && errno == EINTR)
			continue;
		reader->why = "cannot be read";
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		done += (size_t)n;
	}
	return 0;
}

/* Allocates and fills len bytes. */
static int get_new(struct reader *reader, uint64_t offset, size_t len, uint8_t **ret)
{
	int r;

	*ret = malloc(len);
	if (!*ret)
		return no_memory(reader);
	r = get(reader, offset, *ret, len);
	if (r < 0) {
		free(*ret);
		*ret = NULL;
	}
	return r;
}

/* The string at an offset of a piece of the file, up to its NUL. */
static int get_string(struct reader *reader, struct piece piece, uint64_t at, char **ret)
{
	char text[ELF_STRING_MAX];
	size_t len;
	int r;

	if (at >= piece.len)
		return bad(reader, "names a string outside its table of strings");
	len = piece.len - at > sizeof(text) ? sizeof(text) : (size_t)(piece.len - at);
	if (piece.offset > UINT64_MAX - at)
		return bad(reader, "names a string outside its table of strings");
	r = get(reader, piece.offset + at, text, len);
	if (r < 0)
		return r;
	if (!memchr(text, '\0', len))
		return bad(reader, "has a string without an end, or longer than 4095 bytes");
	*ret = strdup(text);
	if (!*ret)
		return no_memory(reader);
	reader->kept += strlen(text) + ELF_STRING_EXTRA;
	return 0;
}

/* The identification and the program headers. */
static int read_headers(struct reader *reader, struct elf *elf)
{
	uint8_t header[sizeof(Elf64_Ehdr)];
	const struct layout *layout;
	uint64_t type;
	int r;

	reader->why = "is no ELF file";
	if (reader->source->len < EI_NIDENT)
		return -ENOEXEC;
	r = get(reader, 0, header, EI_NIDENT);
	if (r < 0)
		return r;
	reader->why = "is no ELF file";
	if (memcmp(header, ELFMAG, SELFMAG) != 0)
		return -ENOEXEC;
	if (header[EI_CLASS] != ELFCLASS32 && header[EI_CLASS] != ELFCLASS64)
		return bad(reader, "has neither 32 nor 64 bits by its ELF header");
	if (header[EI_DATA] != ELFDATA2LSB && header[EI_DATA] != ELFDATA2MSB)
		return bad(reader, "has no byte order in its ELF header");
	elf->big_endian = reader->big_endian = header[EI_DATA] == ELFDATA2MSB;
	reader->layout = layout = &layouts[header[EI_CLASS] - ELFCLASS32];
	r = get(reader, 0, header, layout->header);
	if (r < 0)
		return r;
	elf->bits = header[EI_CLASS] == ELFCLASS64 ? 64 : 32;
	elf->machine = (uint16_t)number(reader, header + offsetof(Elf64_Ehdr, e_machine), 2);
	type = number(reader, header + offsetof(Elf64_Ehdr, e_type), 2);
	reader->why = "is an ELF file that is neither a program nor a shared object";
	if (type != ET_EXEC && type != ET_DYN)
		return -ENOEXEC;
	reader->header_count = (size_t)number(reader, header + layout->phnum, 2);
	if (!reader->header_count || reader->header_count > HEADERS_MAX ||
		number(reader, header + layout->phentsize, 2) != layout->entry)
		return bad(reader, "has no program headers of the right size and number");
	return get_new(reader, number(reader, header + layout->phoff, layout->word),
		reader->header_count * layout->entry, &reader->headers);
}

static uint64_t field(const struct reader *reader, size_t header, size_t offset, size_t size)
{
	return number(reader, reader->headers + header * reader->layout->entry + offset, size);
}

static struct piece piece_of(const struct reader *reader, size_t header)
{
	const struct layout *layout = reader->layout;

	return (struct piece){field(reader, header, layout->offset, layout->word),
		field(reader, header, layout->filesz, layout->word)};
}

/* The index of a header of that type, the first or the last; header_count: there is none. */
static size_t find_header(const struct reader *reader, uint32_t type, bool last)
{
	size_t i, found = reader->header_count;

	for (i = 0; i < reader->header_count; i++)
		if (field(reader, i, reader->layout->type, 4) == type &&
			(last || found == reader->header_count))
			found = i;
	return found;
}

/* The kernel takes the first one, and nothing that does not end in a NUL. */
static int read_interp(struct reader *reader, struct elf *elf)
{
	size_t header = find_header(reader, PT_INTERP, false);
	struct piece piece;
	char end;
	int r;

	if (header == reader->header_count)
		return 0;
	piece = piece_of(reader, header);
	if (piece.len < 2 || piece.len > ELF_STRING_MAX)
		return bad(reader, "has the name of a dynamic linker that is empty or too long");
	r = get(reader, piece.offset + piece.len - 1, &end, 1);
	if (r == 0 && end)
		return bad(reader, "has the name of a dynamic linker that has no end");
	return r < 0 ? r : get_string(reader, piece, 0, &elf->interp);
}

/* Where an address of the loaded program is in the file, and how much of its segment follows. */
static int find_address(struct reader *reader, uint64_t address, struct piece *ret)
{
	const struct layout *layout = reader->layout;
	struct piece piece;
	uint64_t start;
	size_t i;

	for (i = 0; i < reader->header_count; i++) {
		if (field(reader, i, layout->type, 4) != PT_LOAD)
			continue;
		start = field(reader, i, layout->vaddr, layout->word);
		piece = piece_of(reader, i);
		if (address < start || address - start >= piece.len || piece.offset > UINT64_MAX - piece.len)
			continue;
		*ret = (struct piece){piece.offset + (address - start), piece.len - (address - start)};
		return 0;
	}
	return bad(reader, "has its table of strings outside all segments");
}

/* The value of the last dynamic entry of a kind. */
static bool find_dynamic(
	const struct reader *reader, const uint8_t *entries, size_t count, uint64_t tag, uint64_t *ret)
{
	size_t i, word = reader->layout->word;
	bool found = false;

	for (i = 0; i < count; i++) {
		if (number(reader, entries + 2 * i * word, word) != tag)
			continue;
		*ret = number(reader, entries + (2 * i + 1) * word, word);
		found = true;
	}
	return found;
}

static int find_strings(struct reader *reader, const uint8_t *entries, size_t count)
{
	uint64_t address, size;
	int r;

	if (!find_dynamic(reader, entries, count, DT_STRTAB, &address) ||
		!find_dynamic(reader, entries, count, DT_STRSZ, &size))
		return bad(reader, "has a dynamic section without a table of strings");
	r = find_address(reader, address, &reader->strings);
	if (r == 0 && size > reader->strings.len)
		return bad(reader, "has a table of strings that is longer than its segment");
	reader->strings.len = size;
	return r;
}

static int add_needed(struct reader *reader, struct elf *elf, uint64_t at)
{
	char **list = realloc(elf->needed, (elf->needed_count + 1) * sizeof(*list)), *name;
	int r;

	if (!list)
		return no_memory(reader);
	elf->needed = list;
	r = get_string(reader, reader->strings, at, &name);
	if (r < 0)
		return r;
	list[elf->needed_count++] = name;
	/* No file has such a name; as a path it may lead somewhere. */
	if (strlen(name) > ELF_NAME_MAX && !strchr(name, '/'))
		return bad(reader, "asks for a library by a name of more than 255 bytes");
	return 0;
}

/* Adds what the file asks for. Names that it lists again stand in one place: linkers keep one of each. */
static int read_needed(struct reader *reader, struct elf *elf, const uint8_t *entries, size_t count)
{
	size_t i, n, word = reader->layout->word;
	uint64_t known[ELF_NEEDED_MAX + 1];
	int r = 0;

	for (i = 0; r == 0 && i < count; i++, entries += 2 * word) {
		if (number(reader, entries, word) != DT_NEEDED)
			continue;
		known[elf->needed_count] = number(reader, entries + word, word);
		for (n = 0; known[n] != known[elf->needed_count]; n++)
			;
		if (n == ELF_NEEDED_MAX)
			r = bad(reader, "asks for more than 1024 libraries");
		else if (n == elf->needed_count)
			r = add_needed(reader, elf, known[n]);
	}
	return r;
}

/* The string that the last entry of a kind names, if there is one. */
static int read_text(struct reader *reader, const uint8_t *entries, size_t count, uint64_t tag, char **ret)
{
	uint64_t at;

	return find_dynamic(reader, entries, count, tag, &at) ? get_string(reader, reader->strings, at, ret)
							      : 0;
}

static int read_entries(struct reader *reader, struct elf *elf, const uint8_t *entries, size_t count)
{
	size_t i, word = reader->layout->word;
	uint64_t flags = 0;
	int r;

	for (i = 0; i < count && number(reader, entries + 2 * i * word, word) != DT_NULL; i++)
		;
	count = i;
	if (!count)
		return 0;
	r = find_strings(reader, entries, count);
	if (r == 0)
		r = read_text(reader, entries, count, DT_SONAME, &elf->soname);
	if (r == 0)
		r = read_text(reader, entries, count, DT_RPATH, &elf->rpath);
	if (r == 0)
		r = read_text(reader, entries, count, DT_RUNPATH, &elf->runpath);
	(void)find_dynamic(reader, entries, count, DT_FLAGS_1, &flags);
	elf->no_default = flags & DF_1_NODEFLIB;
	return r < 0 ? r : read_needed(reader, elf, entries, count);
}

/* What the dynamic linker looks at, which takes the last such header. */
static int read_dynamic(struct reader *reader, struct elf *elf)
{
	size_t header = find_header(reader, PT_DYNAMIC, true), size = 2 * reader->layout->word;
	_cleanup_free_ uint8_t *entries = NULL;
	struct piece piece;
	int r;

	if (header == reader->header_count)
		return 0;
	piece = piece_of(reader, header);
	if (piece.len / size > DYNAMIC_MAX)
		return bad(reader, "has more than 4096 dynamic entries");
	if (piece.len < size)
		return 0;
	r = get_new(reader, piece.offset, (size_t)(piece.len / size * size), &entries);
	return r < 0 ? r : read_entries(reader, elf, entries, (size_t)(piece.len / size));
}

int elf_read(const struct elf_source *source, struct elf *ret, const char **ret_why)
{
	struct reader reader = {.source = source};
	struct elf elf = {0};
	int r = read_headers(&reader, &elf);

	if (r == 0)
		r = read_interp(&reader, &elf);
	if (r == 0)
		r = read_dynamic(&reader, &elf);
	free(reader.headers);
	elf.kept = reader.kept;
	*ret_why = reader.why;
	if (r < 0) {
		elf_free(&elf);
		return r;
	}
	if (elf.runpath) {
		free(elf.rpath);
		elf.rpath = NULL;
	}
	*ret = elf;
	return 0;
}

void elf_free(struct elf *elf)
{
	size_t i;

	for (i = 0; i < elf->needed_count; i++)
		free(elf->needed[i]);
	free(elf->needed);
	free(elf->interp);
	free(elf->soname);
	free(elf->rpath);
	free(elf->runpath);
	*elf = (struct elf){0};
}

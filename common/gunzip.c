// SPDX-License-Identifier: MIT
/* Unpacks a gzip file; see gunzip.h. Codes are read bit by bit: what is unpacked here is a few hundred KB. */
#include "gunzip.h"

#include <errno.h>

#define CODE_BITS_MAX 15
#define LITERALS 288
#define DISTANCES 32

/* gzip's flags (RFC 1952, 2.3.1). */
enum { FLAG_HCRC = 2, FLAG_EXTRA = 4, FLAG_NAME = 8, FLAG_COMMENT = 16 };

struct stream {
	const uint8_t *at, *end;
	unsigned bits, bit_count; /* bits that were taken from the bytes and not used yet */
	size_t max;
	struct buf *out;
	int error;
};

/* A canonical Huffman code: how many codes of each length, and the symbols in the order of their codes. */
struct code {
	uint16_t counts[CODE_BITS_MAX + 1];
	uint16_t symbols[LITERALS];
};

static unsigned fail(struct stream *stream, int error)
{
	if (!stream->error)
		stream->error = error;
	return 0;
}

static unsigned read_bits(struct stream *stream, unsigned count)
{
	unsigned value;

	while (stream->bit_count < count) {
		if (stream->at == stream->end)
			return fail(stream, -EBADMSG);
		stream->bits |= (unsigned)*stream->at++ << stream->bit_count;
		stream->bit_count += 8;
	}
	value = stream->bits & ((1U << count) - 1);
	stream->bits >>= count;
	stream->bit_count -= count;
	return value;
}

/* Builds a code from the lengths of its symbols; a code with too many of a length is refused. */
static void make_code(struct stream *stream, struct code *code, const uint8_t *lengths, unsigned count)
{
	uint16_t offsets[CODE_BITS_MAX + 1] = {0};
	unsigned i;
	int room = 1;

	memset(code->counts, 0, sizeof(code->counts));
	for (i = 0; i < count; i++)
		code->counts[lengths[i]]++;
	code->counts[0] = 0;
	for (i = 1; i <= CODE_BITS_MAX; i++) {
		room = room * 2 - code->counts[i];
		if (room < 0) {
			fail(stream, -EBADMSG);
			return;
		}
		if (i < CODE_BITS_MAX)
			offsets[i + 1] = (uint16_t)(offsets[i] + code->counts[i]);
	}
	for (i = 0; i < count; i++)
		if (lengths[i])
			code->symbols[offsets[lengths[i]]++] = (uint16_t)i;
}

static unsigned read_symbol(struct stream *stream, const struct code *code)
{
	unsigned value = 0, first = 0, index = 0, length;

	for (length = 1; length <= CODE_BITS_MAX && !stream->error; length++) {
		value |= read_bits(stream, 1);
		if (value < first + code->counts[length])
			return code->symbols[index + value - first];
		index += code->counts[length];
		first = (first + code->counts[length]) << 1;
		value <<= 1;
	}
	return fail(stream, -EBADMSG);
}

static void put_byte(struct stream *stream, uint8_t byte)
{
	if (stream->out->len >= stream->max)
		fail(stream, -EFBIG);
	else
		buf_putc(stream->out, (char)byte);
}

/* Repeats what was put out before. */
static void copy_back(struct stream *stream, unsigned distance, unsigned length)
{
	if (distance > stream->out->len) {
		fail(stream, -EBADMSG);
		return;
	}
	while (length-- && !stream->error && !buf_failed(stream->out))
		put_byte(stream, (uint8_t)stream->out->data[stream->out->len - distance]);
}

/* The base and extra bits of lengths and distances follow a rule (RFC 1951, 3.2.5), but for the last length. */
static unsigned read_length(struct stream *stream, unsigned symbol)
{
	unsigned extra;

	if (symbol < 8)
		return symbol + 3;
	if (symbol == 28)
		return 258;
	if (symbol > 28)
		return fail(stream, -EBADMSG);
	extra = symbol / 4 - 1;
	return ((4 + symbol % 4) << extra) + 3 + read_bits(stream, extra);
}

static unsigned read_distance(struct stream *stream, const struct code *distances)
{
	unsigned symbol = read_symbol(stream, distances), extra;

	if (symbol < 4)
		return symbol + 1;
	if (symbol > 29)
		return fail(stream, -EBADMSG);
	extra = symbol / 2 - 1;
	return ((2 + symbol % 2) << extra) + 1 + read_bits(stream, extra);
}

static void read_block(struct stream *stream, const struct code *literals, const struct code *distances)
{
	unsigned symbol, length;

	while (!stream->error && !buf_failed(stream->out)) {
		symbol = read_symbol(stream, literals);
		if (stream->error || symbol == 256)
			return;
		if (symbol < 256) {
			put_byte(stream, (uint8_t)symbol);
			continue;
		}
		length = read_length(stream, symbol - 257);
		copy_back(stream, read_distance(stream, distances), length);
	}
}

static void read_fixed(struct stream *stream)
{
	uint8_t lengths[LITERALS];
	struct code literals, distances;
	unsigned i;

	for (i = 0; i < LITERALS; i++)
		lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
	make_code(stream, &literals, lengths, LITERALS);
	memset(lengths, 5, DISTANCES);
	make_code(stream, &distances, lengths, DISTANCES);
	read_block(stream, &literals, &distances);
}

/* The lengths of both codes, themselves packed with a third code and runs. */
static void read_lengths(struct stream *stream, const struct code *packed, uint8_t *lengths, unsigned count)
{
	unsigned i = 0, symbol, repeat;
	uint8_t value;

	while (i < count && !stream->error) {
		symbol = read_symbol(stream, packed);
		if (symbol < 16) {
			lengths[i++] = (uint8_t)symbol;
			continue;
		}
		value = symbol == 16 && i ? lengths[i - 1] : 0;
		repeat = symbol == 16   ? 3 + read_bits(stream, 2)
			 : symbol == 17 ? 3 + read_bits(stream, 3)
					: 11 + read_bits(stream, 7);
		if (i + repeat > count || (symbol == 16 && !i)) {
			fail(stream, -EBADMSG);
			return;
		}
		while (repeat--)
			lengths[i++] = value;
	}
}

static void read_dynamic(struct stream *stream)
{
	static const uint8_t order[19] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
	uint8_t lengths[LITERALS + DISTANCES] = {0};
	struct code literals, distances;
	unsigned literal_count = read_bits(stream, 5) + 257, distance_count = read_bits(stream, 5) + 1;
	unsigned packed_count = read_bits(stream, 4) + 4, i;

	for (i = 0; i < packed_count; i++)
		lengths[order[i]] = (uint8_t)read_bits(stream, 3);
	make_code(stream, &literals, lengths, 19);
	memset(lengths, 0, sizeof(lengths));
	if (stream->error || literal_count > 286) {
		fail(stream, -EBADMSG);
		return;
	}
	read_lengths(stream, &literals, lengths, literal_count + distance_count);
	make_code(stream, &literals, lengths, literal_count);
	make_code(stream, &distances, lengths + literal_count, distance_count);
	read_block(stream, &literals, &distances);
}

static void read_stored(struct stream *stream)
{
	unsigned len, check;

	stream->bits = stream->bit_count = 0;
	len = read_bits(stream, 16);
	check = read_bits(stream, 16);
	if (stream->error || (len ^ check) != 0xffff || (size_t)(stream->end - stream->at) < len) {
		fail(stream, -EBADMSG);
		return;
	}
	while (len-- && !stream->error)
		put_byte(stream, *stream->at++);
}

/* Goes past the header; its checksum is not looked at. */
static void skip_header(struct stream *stream)
{
	unsigned flags = stream->at[3], skip;
	int strings = !!(flags & FLAG_NAME) + !!(flags & FLAG_COMMENT);

	stream->at += 10;
	if (flags & FLAG_EXTRA)
		for (skip = read_bits(stream, 16); skip && !stream->error; skip--)
			(void)read_bits(stream, 8);
	while (strings && !stream->error)
		strings -= read_bits(stream, 8) == 0;
	if (flags & FLAG_HCRC)
		(void)read_bits(stream, 16);
}

static uint32_t crc32_of(const void *bytes, size_t len)
{
	const uint8_t *at = bytes;
	uint32_t crc = UINT32_MAX;
	int bit;

	while (len--) {
		crc ^= *at++;
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0xedb88320) : 0);
	}
	return ~crc;
}

int gunzip(const uint8_t *bytes, size_t len, size_t max, struct buf *ret)
{
	struct stream stream = {.at = bytes, .end = bytes + len, .max = max, .out = ret};
	uint32_t crc, size;
	unsigned last;

	if (len < 18 || !gunzip_is_packed(bytes, len))
		return -EBADMSG;
	skip_header(&stream);
	do {
		last = read_bits(&stream, 1);
		switch (read_bits(&stream, 2)) {
		case 0:
			read_stored(&stream);
			break;
		case 1:
			read_fixed(&stream);
			break;
		case 2:
			read_dynamic(&stream);
			break;
		default:
			fail(&stream, -EBADMSG);
		}
	} while (!last && !stream.error && !buf_failed(ret));
	if (buf_failed(ret))
		return -ENOMEM;
	stream.bits = stream.bit_count = 0;
	crc = read_bits(&stream, 16);
	crc |= (uint32_t)read_bits(&stream, 16) << 16;
	size = read_bits(&stream, 16);
	size |= (uint32_t)read_bits(&stream, 16) << 16;
	if (!stream.error && (crc != crc32_of(buf_string(ret), ret->len) || size != (uint32_t)ret->len))
		return -EBADMSG;
	return stream.error;
}

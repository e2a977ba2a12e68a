/* Writes events, and facts, as the records that the module reads. */
#include "lictor.h"

#include <string.h>

static void put(lictor_record *r, size_t at, uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		r->bytes[at + i] = value >> 8 * i;
}

void lictor_record_begin(lictor_record *r, void *bytes, size_t room, uint8_t kind, unsigned int slots)
{
	size_t end = LICTOR_RECORD_HEADER + (size_t)slots * LICTOR_SLOT_BYTES;

	*r = (lictor_record){.bytes = bytes, .room = room, .slot = LICTOR_RECORD_HEADER, .slots_end = end, .data = end};
	r->failed = end > room || slots > LICTOR_RECORD_SLOTS_MOST;
	if (r->failed)
		return;
	memset(bytes, 0, end);
	r->bytes[LICTOR_RECORD_KIND_AT] = kind;
	r->bytes[LICTOR_RECORD_VERSION_AT] = LICTOR_RECORD_VERSION;
	put(r, LICTOR_RECORD_SLOTS_AT, slots, 2);
}

static void head(lictor_record *r, size_t at, uint64_t value)
{
	if (!r->failed)
		put(r, at, value, 8);
}

void lictor_record_time(lictor_record *r, uint64_t ns)
{
	head(r, LICTOR_RECORD_TIME_AT, ns);
}

void lictor_record_subject(lictor_record *r, uint64_t key)
{
	head(r, LICTOR_RECORD_SUBJECT_AT, key);
}

void lictor_record_workload(lictor_record *r, uint64_t key)
{
	head(r, LICTOR_RECORD_WORKLOAD_AT, key);
}

/* A field may stand once. */
static bool stands(const lictor_record *r, uint16_t field)
{
	for (size_t at = LICTOR_RECORD_HEADER; at < r->slot; at += LICTOR_SLOT_BYTES)
		if ((r->bytes[at] | r->bytes[at + 1] << 8) == field)
			return true;
	return false;
}

static void slot(lictor_record *r, uint16_t field, size_t length, uint64_t value)
{
	if (!r->failed)
		r->failed = r->slot == r->slots_end || stands(r, field);
	if (r->failed)
		return;
	put(r, r->slot, field, 2);
	put(r, r->slot + 4, length, 4);
	put(r, r->slot + 8, value, 8);
	r->slot += LICTOR_SLOT_BYTES;
}

/* Appends bytes, padded to 4. */
static void data(lictor_record *r, const void *bytes, size_t length)
{
	size_t padded = (length + 3) & ~(size_t)3;

	r->failed = r->failed || length > LICTOR_RECORD_BYTES_MOST || padded > r->room - r->data;
	if (r->failed)
		return;
	memcpy(r->bytes + r->data, bytes, length);
	memset(r->bytes + r->data + length, 0, padded - length);
	r->data += padded;
}

void lictor_record_number(lictor_record *r, uint16_t field, uint64_t value)
{
	slot(r, field, 8, value);
}

static void fits(lictor_record *r, uint16_t field, size_t length)
{
	if (field >= sizeof lictor_field_bytes / sizeof *lictor_field_bytes || length > lictor_field_bytes[field])
		r->failed = true;
}

void lictor_record_text(lictor_record *r, uint16_t field, const char *text, size_t length)
{
	fits(r, field, length);
	slot(r, field, length, r->data);
	data(r, text, length);
}

void lictor_record_address(lictor_record *r, uint16_t field, const uint8_t address[16])
{
	slot(r, field, 16, r->data);
	data(r, address, 16);
}

void lictor_record_list(lictor_record *r, uint16_t field, const char *const *texts, size_t count)
{
	size_t start = r->data;
	uint8_t number[4] = {count, count >> 8, count >> 16, count >> 24};

	data(r, number, sizeof number);
	for (size_t i = 0; i < count && !r->failed; i++) {
		size_t length = strlen(texts[i]);
		uint8_t size[4] = {length, length >> 8, length >> 16, length >> 24};
		data(r, size, sizeof size);
		data(r, texts[i], length);
	}
	if (r->failed)
		return;
	fits(r, field, r->data - start);
	slot(r, field, r->data - start, start);
}

size_t lictor_record_end(lictor_record *r)
{
	size_t size = (r->data + 7) & ~(size_t)7;

	if (r->failed || size > r->room || size > LICTOR_RECORD_BYTES_MOST)
		return 0;
	memset(r->bytes + r->data, 0, size - r->data);
	put(r, 0, size, 4);
	return size;
}

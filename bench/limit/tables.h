// Rules of an exact program and an exact file as hash tables, from the file that file.ts writes.
// Integers are little-endian, as everywhere in the project.
#ifndef TABLES_H
#define TABLES_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NONE 0xffffffffu
#define FREE 0xffffu // length of a string that a rule does not ask for

// As in the file, for a rule and for an event: two strings, each padded with zeros to a multiple of 8.
struct pair {
	uint16_t program_length;
	uint16_t file_length;
	uint32_t action; // of a rule
	uint8_t bytes[];
};

// A string that rules ask for, in a table of its field.
struct string {
	uint32_t id;
	uint32_t alone; // the first rule that asks for it alone
	uint64_t length;
	uint8_t bytes[];
};

struct strings {
	struct {
		uint32_t tag;
		uint32_t at; // in units of 8 bytes, 0: free
	} *slots;
	uint64_t mask;
	uint64_t *records;
	uint64_t used; // in units of 8 bytes
	uint32_t count;
};

struct slot {
	uint32_t program, file, rule;
};

static struct strings programs, files;
static struct slot *pairs;
static uint64_t pair_mask;
static const struct pair **rules, **events;
static uint32_t rule_count, event_count;

static uint64_t padded(uint64_t length) { return (length + 7) & ~7ull; }
static uint64_t length_of(uint16_t length) { return length == FREE ? 0 : length; }
static const uint8_t *file_of(const struct pair *p) { return p->bytes + padded(length_of(p->program_length)); }

static inline uint64_t fold(uint64_t a, uint64_t b) {
	unsigned __int128 product = (unsigned __int128)a * b;
	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

// What stands behind a string, up to a multiple of 8 bytes: zeros, or anything that can be read. A constant where it is used.
enum behind { ZEROS, ANYTHING };

// The next 8 bytes of a string with `left` bytes, zeros behind its end.
static inline uint64_t word_at(const uint8_t *bytes, uint64_t left, enum behind behind) {
	uint64_t word;
	memcpy(&word, bytes, 8);
	return behind == ZEROS || left >= 8 ? word : word & ((1ull << 8 * left) - 1);
}

// Zeros fill the last word, so that the length must count too.
static inline uint64_t hash(const uint8_t *bytes, uint64_t length, enum behind behind) {
	uint64_t h = length * 0x9e3779b97f4a7c15ull;
	for (uint64_t i = 0; i < length; i += 8) h = fold(h ^ word_at(bytes + i, length - i, behind), 0xd6e8feb86659fd93ull);
	return h;
}

// The first one is a table's.
static inline int same(const uint8_t *a, const uint8_t *b, uint64_t length, enum behind behind) {
	for (uint64_t i = 0; i < length; i += 8)
		if (word_at(a + i, length - i, ZEROS) != word_at(b + i, length - i, behind)) return 0;
	return 1;
}

static inline struct string *find(const struct strings *t, const uint8_t *bytes, uint64_t length, enum behind behind) {
	uint64_t h = hash(bytes, length, behind);
	uint32_t tag = h >> 32;
	for (uint64_t i = h & t->mask;; i = (i + 1) & t->mask) {
		if (t->slots[i].at == 0) return NULL;
		if (t->slots[i].tag != tag) continue;
		struct string *s = (struct string *)(t->records + t->slots[i].at);
		if (s->length == length && same(s->bytes, bytes, length, behind)) return s;
	}
}

static inline uint64_t pair_hash(uint32_t program, uint32_t file) {
	return fold(((uint64_t)program << 32 | file) ^ 0x9e3779b97f4a7c15ull, 0xd6e8feb86659fd93ull);
}

// The first rule that asks for both, or for one of them alone; NULL: a string that no rule asks for.
static inline uint32_t first_rule(const struct string *p, const struct string *f) {
	uint32_t rule = NONE;
	if (p) rule = p->alone;
	if (f && f->alone < rule) rule = f->alone;
	if (!p || !f) return rule;
	for (uint64_t i = pair_hash(p->id, f->id) & pair_mask;; i = (i + 1) & pair_mask) {
		const struct slot *s = pairs + i;
		if (s->rule == NONE) return rule;
		if (s->program == p->id && s->file == f->id) return s->rule < rule ? s->rule : rule;
	}
}

static void *room(uint64_t size) {
	void *p = calloc(1, size);
	if (!p) exit(1);
	return p;
}

static uint64_t power_above(uint64_t n) {
	uint64_t power = 16;
	while (power < n) power *= 2;
	return power;
}

static struct string *intern(struct strings *t, const uint8_t *bytes, uint64_t length) {
	struct string *s = find(t, bytes, length, ZEROS);
	if (s) return s;
	uint64_t h = hash(bytes, length, ZEROS), i = h & t->mask;
	while (t->slots[i].at) i = (i + 1) & t->mask;
	t->slots[i].tag = h >> 32;
	t->slots[i].at = t->used;
	s = (struct string *)(t->records + t->used);
	s->id = t->count++;
	s->alone = NONE;
	s->length = length;
	memcpy(s->bytes, bytes, padded(length));
	t->used += 2 + padded(length) / 8;
	return s;
}

static void open_strings(struct strings *t, uint64_t bytes) {
	uint64_t slots = power_above(2ull * rule_count);
	t->slots = room(slots * sizeof *t->slots);
	t->mask = slots - 1;
	t->records = room(bytes + 16ull * rule_count + 16);
	t->used = 1;
}

static void build(uint64_t bytes) {
	open_strings(&programs, bytes);
	open_strings(&files, bytes);
	uint64_t slots = power_above(2ull * rule_count);
	pairs = room(slots * sizeof *pairs);
	memset(pairs, 0xff, slots * sizeof *pairs);
	pair_mask = slots - 1;
	for (uint32_t i = 0; i < rule_count; i++) {
		const struct pair *r = rules[i];
		struct string *p = r->program_length == FREE ? NULL : intern(&programs, r->bytes, r->program_length);
		struct string *f = r->file_length == FREE ? NULL : intern(&files, file_of(r), r->file_length);
		if (!p || !f) {
			struct string *only = p ? p : f;
			if (only && only->alone == NONE) only->alone = i;
			continue;
		}
		uint64_t at = pair_hash(p->id, f->id) & pair_mask;
		while (pairs[at].rule != NONE && (pairs[at].program != p->id || pairs[at].file != f->id)) at = (at + 1) & pair_mask;
		if (pairs[at].rule == NONE) pairs[at] = (struct slot){p->id, f->id, i};
	}
}

static const struct pair **read_pairs(const uint8_t **at, uint32_t count) {
	const struct pair **all = room((count + 1ull) * sizeof *all);
	for (uint32_t i = 0; i < count; i++) {
		const struct pair *p = (const struct pair *)*at;
		all[i] = p;
		*at = file_of(p) + padded(length_of(p->file_length));
	}
	return all;
}

// Rules and events of a file, and the tables of the rules.
static void read_rules(const char *path) {
	FILE *file = fopen(path, "rb");
	if (!file) exit(1);
	fseek(file, 0, SEEK_END);
	uint64_t size = ftell(file);
	rewind(file);
	uint8_t *bytes = room(size + 8);
	if (fread(bytes, 1, size, file) != size) exit(1);
	fclose(file);
	memcpy(&rule_count, bytes, 4);
	memcpy(&event_count, bytes + 4, 4);
	const uint8_t *at = bytes + 8;
	rules = read_pairs(&at, rule_count);
	uint64_t rule_bytes = at - bytes;
	events = read_pairs(&at, event_count);
	build(rule_bytes);
}

#endif

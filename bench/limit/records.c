// What native code needs at least for the same rules on binary event records: records RULES PROGRAM-FIELD
// FILE-FIELD EVENTS BATCH…, else as the benches of the hosts (../hosts/README.md). It copies a batch, finds both fields of each record with every offset
// checked, decides by the tables, and writes verdicts of 16 bytes.
#include <time.h>

#include "tables.h"

enum { HEADER = 48, SLOT = 16, FILE_READ = 2 };

struct verdict {
	uint8_t action, flags, error, as_if_action;
	uint32_t rule, as_if_rule;
	uint16_t policy, as_if_policy;
};

static uint16_t u16(const uint8_t *p) { return p[0] | p[1] << 8; }
static uint32_t u32(const uint8_t *p) { return u16(p) | (uint32_t)u16(p + 2) << 16; }

static double now(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

// The string that a field has in a record; NULL where it has none, or one that leaves the record.
static inline const struct string *field(const struct strings *t, const uint8_t *record, uint32_t size, const uint8_t *slot) {
	if (!slot) return NULL;
	uint32_t length = u32(slot + 4), at = u32(slot + 8);
	if (at > size || length > size - at) return NULL;
	return find(t, record + at, length, ANYTHING);
}

static uint32_t program_field, file_field;

static inline uint32_t decide(const uint8_t *record, uint32_t size) {
	const uint8_t *program = NULL, *file = NULL;
	uint32_t slots = u16(record + 6);
	if (record[4] != FILE_READ || slots > (size - HEADER) / SLOT) return NONE;
	for (const uint8_t *slot = record + HEADER; slots > 0; slots--, slot += SLOT) {
		if (u16(slot) == program_field) program = slot;
		else if (u16(slot) == file_field) file = slot;
	}
	return first_rule(field(&programs, record, size, program), field(&files, record, size, file));
}

struct batches {
	uint64_t *starts, count, events;
};

static struct batches divide(const uint8_t *records, uint64_t size, uint64_t batch) {
	struct batches b = {room((size / HEADER + 2) * sizeof(uint64_t)), 0, 0};
	for (uint64_t at = 0; at < size; at += u32(records + at), b.events++)
		if (b.events % batch == 0) b.starts[b.count++] = at;
	b.starts[b.count] = size;
	return b;
}

static uint64_t round_of(const uint8_t *records, const struct batches *b, uint8_t *input, struct verdict *verdicts) {
	uint64_t sum = 0;
	for (uint64_t i = 0; i < b->count; i++) {
		uint64_t size = b->starts[i + 1] - b->starts[i], n = 0;
		memcpy(input, records + b->starts[i], size);
		for (uint64_t at = 0; at < size; n++) {
			uint32_t length = u32(input + at);
			if (length < HEADER || length > size - at || length % 8 != 0) exit(1);
			uint32_t rule = decide(input + at, length);
			uint8_t action = rule == NONE ? 0 : rules[rule]->action;
			verdicts[n] = (struct verdict){.action = action, .rule = rule, .as_if_action = action, .as_if_rule = rule};
			at += length;
		}
		for (uint64_t v = 0; v < n; v++) sum += (uint32_t)(verdicts[v].rule + 1) + verdicts[v].action;
	}
	return sum;
}

int main(int argc, char **argv) {
	if (argc < 6) return 1;
	read_rules(argv[1]);
	program_field = strtoul(argv[2], NULL, 10);
	file_field = strtoul(argv[3], NULL, 10);
	FILE *file = fopen(argv[4], "rb");
	if (!file) return 1;
	fseek(file, 0, SEEK_END);
	uint64_t size = ftell(file);
	rewind(file);
	uint8_t *records = room(size + 8), *input = room(size + 8);
	if (fread(records, 1, size, file) != size) return 1;
	struct verdict *verdicts = room((size / HEADER + 1) * sizeof *verdicts);
	for (int i = 5; i < argc; i++) {
		struct batches b = divide(records, size, strtoul(argv[i], NULL, 10));
		uint64_t sum = round_of(records, &b, input, verdicts);
		double fastest = 1e30, begin = now();
		for (int rounds = 0; rounds < 5 || now() - begin < 1e9; rounds++) {
			double start = now();
			if (round_of(records, &b, input, verdicts) != sum) return 1;
			double took = now() - start;
			if (took < fastest) fastest = took;
		}
		printf("%s %.1f %llu\n", argv[i], fastest / b.events, (unsigned long long)sum);
	}
	return 0;
}

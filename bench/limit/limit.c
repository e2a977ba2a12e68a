// What native code needs at least for rules of an exact program and an exact file, and a walk over all of them.
//
// Reads rules and events from the file that limit.ts writes, then obeys lines on its input:
//     pass N     decides the first N events with hashes: both strings hashed, looked up with a full comparison, one lookup of
//                the pair; prints nanoseconds
//     walk N     the same rule by rule
//     save PATH  writes the rules that decided, a number of 32 bits each, all bits set for none
#include <time.h>

#include "tables.h"

static uint32_t *decided;

static inline uint32_t decide(const struct pair *e) {
	return first_rule(find(&programs, e->bytes, e->program_length, ZEROS), find(&files, file_of(e), e->file_length, ZEROS));
}

static uint32_t walk(const struct pair *e) {
	for (uint32_t i = 0; i < rule_count; i++) {
		const struct pair *r = rules[i];
		if (r->program_length != FREE &&
			(r->program_length != e->program_length || memcmp(r->bytes, e->bytes, e->program_length) != 0))
			continue;
		if (r->file_length != FREE &&
			(r->file_length != e->file_length || memcmp(file_of(r), file_of(e), e->file_length) != 0))
			continue;
		return i;
	}
	return NONE;
}

// Processor time, as on the other side.
static uint64_t now(void) {
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

int main(int argc, char **argv) {
	if (argc != 2) return 1;
	read_rules(argv[1]);
	decided = room(event_count * 4ull + 4);

	char line[4096], path[4096];
	while (fgets(line, sizeof line, stdin)) {
		uint32_t n;
		if (sscanf(line, "save %4095s", path) == 1) {
			FILE *out = fopen(path, "wb");
			if (!out || fwrite(decided, 4, event_count, out) != event_count || fclose(out) != 0) return 1;
			printf("0\n");
		} else {
			int hashed = sscanf(line, "pass %u", &n) == 1;
			if (!hashed && sscanf(line, "walk %u", &n) != 1) return 1;
			if (n > event_count) n = event_count;
			uint64_t start = now();
			if (hashed)
				for (uint32_t i = 0; i < n; i++) decided[i] = decide(events[i]);
			else
				for (uint32_t i = 0; i < n; i++) decided[i] = walk(events[i]);
			printf("%llu\n", (unsigned long long)(now() - start));
		}
		fflush(stdout);
	}
	return 0;
}

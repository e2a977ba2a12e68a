// Times the C host: bench BUNDLE EVENTS BATCH…, see ../README.md.
#include "lictor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void fail(const char *what)
{
	fprintf(stderr, "bench: %s\n", what);
	exit(1);
}

static uint8_t *read_file(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	if (!file || fseek(file, 0, SEEK_END))
		fail(path);
	*size = ftell(file);
	rewind(file);
	uint8_t *bytes = malloc(*size + 1);
	if (!bytes || fread(bytes, 1, *size, file) != *size)
		fail(path);
	fclose(file);
	return bytes;
}

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

// Where each batch begins, and behind the last one where it ends.
struct batches {
	size_t *starts, count, events;
};

static struct batches divide(const uint8_t *events, size_t size, size_t batch)
{
	struct batches b = {malloc((size / 48 + 2) * sizeof(size_t)), 0, 0};
	for (size_t at = 0; at < size; b.events++) {
		uint32_t length;
		memcpy(&length, events + at, sizeof length);
		if (length < LICTOR_RECORD_HEADER || length > size - at)
			fail("a record of no size");
		if (b.events % batch == 0)
			b.starts[b.count++] = at;
		at += length;
	}
	b.starts[b.count] = size;
	return b;
}

static uint64_t round_of(lictor_vm *vm, const uint8_t *events, const struct batches *b)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < b->count; i++) {
		size_t size = b->starts[i + 1] - b->starts[i];
		const lictor_verdict *verdicts;
		memcpy(lictor_input(vm, size), events + b->starts[i], size);
		for (size_t offset = 0; offset < size;) {
			int count = lictor_evaluate(vm, offset, size, &verdicts);
			if (count <= 0)
				fail("a batch without verdicts");
			for (int v = 0; v < count; v++) {
				uint32_t length;
				memcpy(&length, events + b->starts[i] + offset, sizeof length);
				offset += length;
				sum += (uint32_t)(verdicts[v].rule + 1) + verdicts[v].action;
			}
		}
	}
	return sum;
}

int main(int argc, char **argv)
{
	size_t bundle_size, size;
	lictor_bundle *bundle;
	lictor_vm *vm;

	if (argc < 4)
		fail("usage: bench BUNDLE EVENTS BATCH...");
	uint8_t *file = read_file(argv[1], &bundle_size), *events = read_file(argv[2], &size);
	int error = lictor_bundle_read(file, bundle_size, &bundle);
	if (!error)
		error = lictor_vm_new(bundle, &vm);
	if (error)
		fail(lictor_error(error));
	for (int i = 3; i < argc; i++) {
		struct batches b = divide(events, size, strtoul(argv[i], NULL, 10));
		uint64_t sum = round_of(vm, events, &b) + 0 * round_of(vm, events, &b);
		double fastest = 1e30, begin = now();
		for (int rounds = 0; rounds < 5 || now() - begin < 1e9; rounds++) {
			double start = now();
			if (round_of(vm, events, &b) != sum)
				fail("a round with other verdicts");
			double took = now() - start;
			if (took < fastest)
				fastest = took;
		}
		printf("%s %.1f %llu\n", argv[i], fastest / b.events, (unsigned long long)sum);
		free(b.starts);
	}
	lictor_vm_free(vm);
	lictor_bundle_free(bundle);
	free(file);
	free(events);
}

// A linear walk over filters: what a classifier without an index costs.
//
//     linear FILE OUT       FILE: u32 filters, u32 headers, then both, 48 and 40 bytes each; OUT: an i32 a header
//
// Prints nanoseconds a header, the quickest of some rounds; OUT is the number of the first filter that matches, or -1.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef struct {
  uint64_t source[2], destination[2]; // big-endian numbers, high half first
  uint16_t low[2], high[2];
  uint8_t bits[2];
  int16_t protocol; // -1: any
  uint32_t unused;
} Filter;

typedef struct {
  uint64_t source[2], destination[2];
  uint16_t port[2];
  int32_t protocol;
} Header;

static int within(const uint64_t *address, const uint64_t *network, int bits) {
  uint64_t high = bits >= 64 ? ~0ull : bits ? ~0ull << (64 - bits) : 0;
  uint64_t low = bits > 64 ? ~0ull << (128 - bits) : 0;
  return !(((address[0] ^ network[0]) & high) | ((address[1] ^ network[1]) & low));
}

static int matches(const Filter *f, const Header *h) {
  return (f->protocol < 0 || f->protocol == h->protocol) && h->port[1] >= f->low[1] && h->port[1] <= f->high[1] &&
         h->port[0] >= f->low[0] && h->port[0] <= f->high[0] && within(h->destination, f->destination, f->bits[1]) &&
         within(h->source, f->source, f->bits[0]);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

int main(int argc, char **argv) {
  uint32_t counts[2];
  FILE *in = argc == 3 ? fopen(argv[1], "rb") : NULL;
  if (!in || fread(counts, 4, 2, in) != 2) return 1;
  Filter *filters = malloc(counts[0] * sizeof *filters);
  Header *headers = malloc(counts[1] * sizeof *headers);
  int32_t *found = malloc(counts[1] * sizeof *found);
  if (!filters || !headers || !found) return 1;
  if (fread(filters, sizeof *filters, counts[0], in) != counts[0]) return 1;
  if (fread(headers, sizeof *headers, counts[1], in) != counts[1]) return 1;
  double best = 1e300, begin = now();
  for (int round = 0; round < 2 || (round < 20 && now() - begin < 1e9); round++) {
    double start = now();
    for (uint32_t i = 0; i < counts[1]; i++) {
      uint32_t j = 0;
      while (j < counts[0] && !matches(&filters[j], &headers[i])) j++;
      found[i] = j < counts[0] ? (int32_t)j : -1;
    }
    double spent = now() - start;
    if (spent < best) best = spent;
  }
  printf("%.2f\n", best / counts[1]);
  FILE *out = fopen(argv[2], "wb");
  return !out || fwrite(found, 4, counts[1], out) != counts[1] || fclose(out) != 0;
}

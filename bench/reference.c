/*
 * bench/reference.c: the tester's loops in C, for bench/traffic to compare the Java ones with. The same work for each frame and the
 * same system calls; nothing that the Java loops leave out.
 *
 *   reference send DEVICE FRAME SECONDS              sendmmsg as fast as possible; prints: frames, CPU ns
 *   reference drain DEVICE FRAME                     opens a TPACKET_V2 ring, prints "ready", waits for a line on stdin, reads
 *                                                    what is in the ring; prints: frames, CPU ns, drops
 *   reference receive DEVICE FRAME                   reads the ring until a line comes on stdin; prints the same
 *   reference floor TX-NAMESPACE TX RX-NAMESPACE RX FRAME RATE SECONDS TX-CPU RX-CPU
 *                                                    one thread sends at a rate, one receives; prints: frames, p50, p99, p99.9 in ns
 *
 * FRAME is a frame of the tester in hexadecimal: IPv4 and UDP without tags, with a signature of zeros at byte 42.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { SLOTS = 256, SLOT = 64, BATCH = 64, SIGNATURE = 42, EPOCH = 1, NAP = 2000000 };
enum { RING_SLOT = 128, RING_SLOTS = 65536, BLOCK = 1 << 20, WINDOW = 1 << 22, BUCKETS = 64 * 1024 };
static const uint32_t MAGIC = 0x534C5543;

static uint8_t frame[SLOT];
static size_t frame_length;

static void fail(const char *what) {
    fprintf(stderr, "reference: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void read_frame(const char *hexadecimal) {
    frame_length = strlen(hexadecimal) / 2;
    if (frame_length > SLOT || frame_length < SIGNATURE + 18) {
        errno = EINVAL;
        fail("the frame");
    }
    for (size_t i = 0; i < frame_length; i++) {
        unsigned byte;
        if (sscanf(hexadecimal + 2 * i, "%2x", &byte) != 1) fail("the frame");
        frame[i] = byte;
    }
}

static uint64_t clock_of(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec * 1000000000ull + now.tv_nsec;
}

static uint64_t monotonic(void) { return clock_of(CLOCK_MONOTONIC); }

static int packet_socket(void) {
    int file = socket(AF_PACKET, SOCK_RAW, 0);
    if (file < 0) fail("packet socket");
    return file;
}

static void bind_to(int file, const char *device, int protocol) {
    struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = protocol, .sll_ifindex = if_nametoindex(device)};
    if (address.sll_ifindex == 0 || bind(file, (struct sockaddr *) &address, sizeof address) != 0) fail(device);
}

static void set(int file, int level, int option, int value) {
    if (setsockopt(file, level, option, &value, sizeof value) != 0) fail("socket option");
}

/* Sending. */

static uint8_t slots[SLOTS * SLOT] __attribute__((aligned(64)));
static struct iovec vectors[SLOTS];
static struct mmsghdr messages[SLOTS];

static int open_sender(const char *device) {
    int file = packet_socket();
    set(file, SOL_SOCKET, SO_SNDBUFFORCE, 8 << 20);
    set(file, SOL_PACKET, PACKET_QDISC_BYPASS, 1);
    bind_to(file, device, 0);
    for (int i = 0; i < SLOTS; i++) {
        memcpy(slots + i * SLOT, frame, frame_length);
        vectors[i] = (struct iovec){slots + i * SLOT, frame_length};
        messages[i].msg_hdr.msg_iov = &vectors[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    return file;
}

static void sign(uint8_t *at, uint32_t sequence, uint64_t stamp) {
    uint64_t first = (uint64_t) MAGIC << 32 | (uint64_t) EPOCH << 24 | sequence >> 16;
    uint64_t second = (uint64_t) sequence << 48 | (stamp & 0xFFFFFFFFFFFFull);
    const uint64_t lanes = 0x0000FFFF0000FFFFull;
    uint64_t sums = (first & lanes) + (first >> 16 & lanes) + (second & lanes) + (second >> 16 & lanes);
    uint32_t sum = (uint32_t) (sums >> 32) + (uint32_t) sums;
    sum = (sum & 0xFFFF) + (sum >> 16);
    sum = (sum & 0xFFFF) + (sum >> 16);
    first = htobe64(first);
    second = htobe64(second);
    uint16_t balance = htobe16(~sum);
    memcpy(at, &first, 8);
    memcpy(at + 8, &second, 8);
    memcpy(at + 16, &balance, 2);
}

static int slot;
static uint64_t next;

/* Signs the next frames, the first with the time, and sends them. */
static int send_batch(int file, int wanted, uint64_t now) {
    int batch = wanted < SLOTS - slot ? wanted : SLOTS - slot;
    uint64_t stamp = now;
    for (int i = 0; i < batch; i++) {
        sign(slots + (slot + i) * SLOT + SIGNATURE, next + i, stamp);
        stamp = 0;
    }
    int taken = sendmmsg(file, messages + slot, batch, 0);
    if (taken < 0) {
        if (errno != ENOBUFS && errno != EAGAIN && errno != EINTR) fail("sendmmsg");
        return 0;
    }
    next += taken;
    slot = (slot + taken) % SLOTS;
    return taken;
}

static void send_unpaced(const char *device, double seconds) {
    int file = open_sender(device);
    uint64_t cpu = clock_of(CLOCK_THREAD_CPUTIME_ID);
    uint64_t now = monotonic();
    uint64_t end = now + seconds * 1e9;
    while (now < end) {
        send_batch(file, BATCH, now);
        now = monotonic();
    }
    printf("%llu %llu\n", (unsigned long long) next, (unsigned long long) (clock_of(CLOCK_THREAD_CPUTIME_ID) - cpu));
}

/* Receiving. */

static uint8_t *ring;
static unsigned place;
static uint64_t received, reordered, duplicated, corrupted, foreign, next_expected;
static uint64_t seen[WINDOW / 64];
static uint64_t last_arrival, longest_silence;
static uint32_t latencies[BUCKETS];
static uint64_t samples;
static int64_t lead;

static int open_receiver(const char *device) {
    int file = packet_socket();
    set(file, SOL_PACKET, PACKET_VERSION, TPACKET_V2);
    set(file, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1);
    size_t length = (size_t) RING_SLOT * RING_SLOTS;
    struct tpacket_req request = {BLOCK, length / BLOCK, RING_SLOT, RING_SLOTS};
    if (setsockopt(file, SOL_PACKET, PACKET_RX_RING, &request, sizeof request) != 0) fail("receive ring");
    ring = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (ring == MAP_FAILED) fail("map the ring");
    bind_to(file, device, htons(ETH_P_ALL));
    return file;
}

static uint64_t sum_of(const uint8_t *at, size_t length) {
    uint64_t sum = 0;
    size_t i = 0;
    for (; i + 8 <= length; i += 8) {
        uint64_t word;
        memcpy(&word, at + i, 8);
        sum += (word & 0xFFFFFFFF) + (word >> 32);
    }
    for (; i + 2 <= length; i += 2) {
        uint16_t word;
        memcpy(&word, at + i, 2);
        sum += word;
    }
    return i < length ? sum + at[i] : sum;
}

static uint16_t fold(uint64_t sum) {
    sum = (sum & 0xFFFFFFFF) + (sum >> 32);
    sum = (sum & 0xFFFF) + (sum >> 16);
    sum = (sum & 0xFFFF) + (sum >> 16);
    return (sum & 0xFFFF) + (sum >> 16);
}

static uint16_t word16(const uint8_t *at) { return at[0] << 8 | at[1]; }

/* 0 whole, 1 damaged, 2 none of ours. Checks what FrameReader checks of an IPv4 frame without tags. */
static int classify(const uint8_t *at, unsigned length) {
    if (length < SIGNATURE + 18 || word16(at + 12) != ETH_P_IP) return 2;
    const uint8_t *ip = at + 14, *udp = at + 34;
    uint32_t magic;
    memcpy(&magic, at + SIGNATURE, 4);
    int ours = be32toh(magic) == MAGIC;
    unsigned udp_length = length - 34;
    if (ip[0] != 0x45 || word16(ip + 2) != length - 14 || ip[9] != 17 || fold(sum_of(ip, 20)) != 0xFFFF
        || word16(udp + 4) != udp_length || word16(udp + 6) == 0
        || fold(sum_of(ip + 12, 8) + htons(17) + htons(udp_length) + sum_of(udp, udp_length)) != 0xFFFF)
        return ours ? 1 : 2;
    if (!ours || memcmp(ip + 16, frame + 30, 4) != 0 || memcmp(udp + 2, frame + 36, 2) != 0) return 2;
    return length == frame_length && memcmp(at, frame, 12) == 0 ? 0 : 1;
}

static void count(uint64_t sequence) {
    uint64_t *word = &seen[sequence / 64 % (WINDOW / 64)], bit = 1ull << sequence % 64;
    if (sequence >= next_expected) {
        for (uint64_t w = next_expected == 0 ? 0 : (next_expected - 1) / 64 + 1; w <= sequence / 64; w++)
            seen[w % (WINDOW / 64)] = 0;
        next_expected = sequence + 1;
        received++;
        *word |= bit;
    } else if (next_expected - sequence > WINDOW || (*word & bit) != 0) {
        duplicated++;
    } else {
        *word |= bit;
        received++;
        reordered++;
    }
}

/* Buckets as wide as a 1,024th of the value or less. */
static unsigned bucket_of(uint64_t value) {
    if (value < 2048) return value;
    int shift = 53 - __builtin_clzll(value);
    unsigned bucket = shift * 1024 + (value >> shift);
    return bucket < BUCKETS ? bucket : BUCKETS - 1;
}

static uint64_t value_of(unsigned bucket) {
    if (bucket < 2048) return bucket;
    int shift = bucket / 1024 - 1;
    return (uint64_t) (bucket - shift * 1024) << shift;
}

static void take(const struct tpacket2_hdr *header) {
    const uint8_t *at = (const uint8_t *) header + header->tp_mac;
    switch (classify(at, header->tp_snaplen)) {
        case 1: corrupted++; return;
        case 2: foreign++; return;
    }
    uint64_t first, second;
    memcpy(&first, at + SIGNATURE, 8);
    memcpy(&second, at + SIGNATURE + 8, 8);
    first = be64toh(first);
    second = be64toh(second);
    if ((first >> 24 & 0xFF) != EPOCH || (first >> 16 & 0xFF) != 0) {
        foreign++;
        return;
    }
    count((first & 0xFFFF) << 16 | second >> 48);
    uint64_t arrival = header->tp_sec * 1000000000ull + header->tp_nsec - lead;
    if (last_arrival != 0 && arrival - last_arrival > longest_silence) longest_silence = arrival - last_arrival;
    last_arrival = arrival;
    uint64_t stamp = second & 0xFFFFFFFFFFFFull;
    if (stamp != 0) {
        latencies[bucket_of((arrival - stamp) & 0xFFFFFFFFFFFFull)]++;
        samples++;
    }
}

static void empty_ring(void) {
    for (;;) {
        struct tpacket2_hdr *header = (void *) (ring + (size_t) place * RING_SLOT);
        if ((__atomic_load_n(&header->tp_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER) == 0) return;
        take(header);
        __atomic_store_n(&header->tp_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
        place = (place + 1) % RING_SLOTS;
    }
}

static volatile int stopped;

static void nap(void) {
    struct timespec time = {0, NAP};
    nanosleep(&time, NULL);
}

static void *wait_for_line(void *unused) {
    int c;
    do c = getchar(); while (c != '\n' && c != EOF);
    stopped = 1;
    return unused;
}

static void receive(const char *device, int live) {
    prctl(PR_SET_TIMERSLACK, 1);
    int file = open_receiver(device);
    printf("ready\n");
    fflush(stdout);
    if (live) {
        pthread_t thread;
        pthread_create(&thread, NULL, wait_for_line, NULL);
    } else {
        wait_for_line(NULL);
    }
    uint64_t cpu = clock_of(CLOCK_THREAD_CPUTIME_ID);
    for (int last = 0; !last;) {
        last = stopped;
        empty_ring();
        if (!last) nap();
    }
    cpu = clock_of(CLOCK_THREAD_CPUTIME_ID) - cpu;
    struct tpacket_stats statistics;
    socklen_t length = sizeof statistics;
    getsockopt(file, SOL_PACKET, PACKET_STATISTICS, &statistics, &length);
    printf("%llu %llu %u\n", (unsigned long long) received, (unsigned long long) cpu, statistics.tp_drops);
}

/* The latency floor. */

static void enter(const char *namespace) {
    int file = open(namespace, O_RDONLY);
    if (file < 0 || setns(file, CLONE_NEWNET) != 0) fail(namespace);
    close(file);
}

static void pin(int cpu) {
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    CPU_SET(cpu, &cpus);
    if (sched_setaffinity(0, sizeof cpus, &cpus) != 0) fail("pin");
    prctl(PR_SET_TIMERSLACK, 1);
}

static int receiver_cpu;

static void *receive_floor(void *unused) {
    pin(receiver_cpu);
    for (int last = 0; !last;) {
        last = stopped;
        empty_ring();
        nap();
    }
    return unused;
}

static uint64_t percentile(double share) {
    uint64_t wanted = share * samples, so_far = 0;
    for (unsigned i = 0; i < BUCKETS; i++) {
        so_far += latencies[i];
        if (so_far > wanted) return value_of(i);
    }
    return 0;
}

static void floor_loop(char **a) {
    enter(a[0]);
    int sender = open_sender(a[1]);
    enter(a[2]);
    open_receiver(a[3]);
    double interval = 1e9 / atof(a[5]);
    uint64_t frames = atof(a[5]) * atof(a[6]);
    receiver_cpu = atoi(a[8]);
    pthread_t thread;
    pthread_create(&thread, NULL, receive_floor, NULL);
    pin(atoi(a[7]));
    setpriority(PRIO_PROCESS, 0, -20);
    uint64_t before = monotonic(), wall = clock_of(CLOCK_REALTIME), after = monotonic();
    lead = wall - (before + after) / 2;
    uint64_t start = monotonic() + 3000000, now = monotonic();
    while (next < frames) {
        uint64_t due = start + (uint64_t) (next * interval);
        while (now < due) {
            __builtin_ia32_pause();
            now = monotonic();
        }
        int batch = 1;
        while (batch < BATCH && next + batch < frames && start + (uint64_t) ((next + batch) * interval) <= now) batch++;
        send_batch(sender, batch, now);
        now = monotonic();
    }
    usleep(5000);
    stopped = 1;
    pthread_join(thread, NULL);
    printf("%llu %llu %llu %llu\n", (unsigned long long) received, (unsigned long long) percentile(0.5),
           (unsigned long long) percentile(0.99), (unsigned long long) percentile(0.999));
}

int main(int count, char **a) {
    if (count == 5 && strcmp(a[1], "send") == 0) {
        read_frame(a[3]);
        send_unpaced(a[2], atof(a[4]));
    } else if (count == 4 && (strcmp(a[1], "drain") == 0 || strcmp(a[1], "receive") == 0)) {
        read_frame(a[3]);
        receive(a[2], a[1][0] == 'r');
    } else if (count == 11 && strcmp(a[1], "floor") == 0) {
        read_frame(a[6]);
        floor_loop(a + 2);
    } else {
        fprintf(stderr, "reference: bench/traffic says how it is used\n");
        return 2;
    }
    return 0;
}

package org.sluice.traffic.search;

import java.util.random.RandomGenerator;

/** Draws simulated devices of all kinds. */
final class Devices {
    private Devices() {}

    /** Any device, from one that forwards nothing to one that is better than the maximum load; some behind a weak tester. */
    static SimulatedDevice any(RandomGenerator random, double maxLoad) {
        double capacity = random.nextDouble() * maxLoad * 1.2;
        SimulatedDevice device = switch (random.nextInt(8)) {
            case 0 -> SimulatedDevice.perfect(capacity);
            case 1 -> SimulatedDevice.collapsing(capacity, random.nextDouble());
            case 2 -> SimulatedDevice.noisy(capacity, 0.05 * random.nextDouble(), random);
            case 3 -> SimulatedDevice.hiccuping(capacity, 0.01 * random.nextDouble(), random);
            case 4 -> SimulatedDevice.buffering(capacity, random.nextInt(100_000));
            case 5 -> SimulatedDevice.nonMonotonic(capacity, capacity / 3, capacity / 2);
            case 6 -> SimulatedDevice.warmingUp(capacity, 1 + random.nextInt(5));
            default -> SimulatedDevice.losing((load, seconds) -> load * seconds * 0.01);
        };
        return random.nextInt(4) == 0 ? device.behindTester(random.nextDouble() * maxLoad) : device;
    }
}

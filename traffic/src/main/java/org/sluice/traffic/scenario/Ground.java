package org.sluice.traffic.scenario;

import static java.util.Objects.requireNonNull;

/** What all sites of a scenario share. */
record Ground(Options options, Functions functions, HostDriver hostDriver, Watch watch) {
    Ground {
        requireNonNull(options, "options is null");
        requireNonNull(functions, "functions is null");
        requireNonNull(hostDriver, "hostDriver is null");
        requireNonNull(watch, "watch is null");
    }

    static Ground ofThisMachine(Options options) {
        Functions functions = Functions.ofThisMachine();
        return new Ground(options, functions, HostDriver.of(functions.tree()), Watch.NONE);
    }
}

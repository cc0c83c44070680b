package org.sluice.controller.background;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Hears what reconcilers do, for tests. */
final class Looked implements Reconcilers.Observer {
    final BlockingQueue<String> told = new LinkedBlockingQueue<>();

    @Override
    public void mended(String reconciler, int count) {
        told.add(reconciler + " mended " + count);
    }

    @Override
    public void failed(String reconciler, int count) {
        told.add(reconciler + " failed " + count);
    }

    /** What was told so far, taken away. */
    List<String> taken() {
        List<String> taken = new ArrayList<>();
        told.drainTo(taken);
        return taken;
    }
}

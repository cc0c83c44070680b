package org.sluice.controller.http;

/** One API under one path of the listener: identity, network, compute, image, or Sluice's own. */
public interface ApiFamily {
    /** Path under which it is mounted, {@code /network}. */
    String mount();

    /** Adds its routes; patterns are relative to the mount. */
    void routes(Routes routes);

    /** How it words failures. */
    Faults faults();

    /** Last touch on every reply of the family, such as version headers; the default leaves it as it is. */
    default Reply finish(Exchange exchange, Reply reply) {
        return reply;
    }
}

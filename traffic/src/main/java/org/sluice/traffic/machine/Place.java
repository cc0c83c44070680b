package org.sluice.traffic.machine;

import static java.util.Objects.requireNonNull;

import org.sluice.linux.namespace.NetworkNamespace;

/** The network namespace that a device is in. */
public sealed interface Place {
    /** As a person writes it after the {@code @}: empty for this program's own namespace. */
    String label();

    /** The namespace that this program's threads are in. */
    record Own() implements Place {
        @Override
        public String label() {
            return "";
        }
    }

    /**
     * A namespace as {@code ip netns} keeps them.
     *
     * @param name its name
     */
    record Named(String name) implements Place {
        /** Checks for null. */
        public Named {
            requireNonNull(name, "name is null");
        }

        @Override
        public String label() {
            return name;
        }
    }

    /**
     * A namespace that this program holds open and that has no name. After the end of the program nobody finds it by this.
     *
     * @param namespace open as long as this is in use
     */
    record Held(NetworkNamespace namespace) implements Place {
        /** Checks for null. */
        public Held {
            requireNonNull(namespace, "namespace is null");
        }

        @Override
        public String label() {
            return "(nameless)";
        }
    }
}

package org.sluice.linux.ethtool;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sluice.linux.LinuxException;
import org.sluice.linux.namespace.NetworkNamespace;

/**
 * What drivers let be read and set on the network devices of one network namespace (SIOCETHTOOL).
 *
 * <p>A question about something that the driver does not have is answered by an empty {@code Optional}; setting it is a
 * {@link LinuxException} with the code {@code ethtool.unsupported}. A device that is not there has the code {@code link.missing};
 * other refusals are {@link org.sluice.linux.kernel.SystemCallException}s. Names are at most 15 bytes long: alternative names are
 * not known here. Reading needs no privilege, setting CAP_NET_ADMIN. Thread-safe.
 *
 * @see <a href="https://docs.kernel.org/networking/ethtool-netlink.html">the kernel's list of ioctls and their successors</a>
 */
public final class Ethtool implements AutoCloseable {
    private final EthtoolSession session;

    private Ethtool(EthtoolSession session) {
        this.session = session;
    }

    /** The devices of the calling thread's namespace. */
    public static Ethtool open() {
        return new Ethtool(EthtoolSession.open());
    }

    /** The devices of a named namespace, as in {@code ip netns exec NAME ethtool}. */
    public static Ethtool in(String namespace) {
        try (NetworkNamespace open = NetworkNamespace.open(namespace)) {
            return in(open);
        }
    }

    /** The devices of an open namespace; the argument may be closed afterwards. */
    public static Ethtool in(NetworkNamespace namespace) {
        return new Ethtool(namespace.call(EthtoolSession::open));
    }

    /** {@code ethtool -i NAME}. */
    public Optional<DriverInfo> driver(String name) {
        return session.ask(name, EthtoolCodec.askDriverInfo(), "read the driver of " + name)
                .map(EthtoolCodec::readDriverInfo);
    }

    /** {@code ethtool NAME}: speed and duplex; empty for a device that has no such thing, a bridge without ports for example. */
    public Optional<LinkSpeed> linkSpeed(String name) {
        String what = "read the speed of " + name;
        return session.ask(name, EthtoolCodec.askLinkSettings(0), what)
                .map(EthtoolCodec::readMaskWords)
                .flatMap(words -> session.ask(name, EthtoolCodec.askLinkSettings(words), what))
                .map(EthtoolCodec::readLinkSettings);
    }

    /** {@code ethtool -g NAME}. */
    public Optional<Rings> rings(String name) {
        return askRings(name).map(EthtoolCodec::readRings);
    }

    /**
     * {@code ethtool -G NAME rx RECEIVE tx TRANSMIT}. Many drivers take the link down for a moment, and round to what the card
     * can do: read back what came of it.
     *
     * @param receive 1 to the maximum that {@link #rings} gives
     * @param transmit likewise
     */
    public void setRings(String name, int receive, int transmit) {
        String what = "set the rings of " + name + " to " + receive + " and " + transmit;
        byte[] answer = askRings(name).orElseThrow(() -> unsupported(name, what));
        session.execute(name, EthtoolCodec.setRings(answer, receive, transmit), what);
    }

    /** {@code ethtool -c NAME}. */
    public Optional<Coalescing> coalescing(String name) {
        return askCoalescing(name).map(EthtoolCodec::readCoalescing);
    }

    /** {@code ethtool -C NAME rx-usecs ... tx-usecs ... adaptive-rx ...}; what the record does not speak of stays. */
    public void setCoalescing(String name, Coalescing coalescing) {
        requireNonNull(coalescing, "coalescing is null");
        String what = "set the interrupt coalescing of " + name;
        byte[] answer = askCoalescing(name).orElseThrow(() -> unsupported(name, what));
        session.execute(name, EthtoolCodec.setCoalescing(answer, coalescing), what);
    }

    /** {@code ethtool -k NAME}: all features that this kernel knows, those that the device does not have too. */
    public List<Feature> features(String name) {
        List<String> names = featureNames(name);
        return session.ask(name, EthtoolCodec.askFeatures(names.size()), "read the offload features of " + name)
                .map(answer -> EthtoolCodec.readFeatures(answer, names))
                .orElse(List.of());
    }

    /** {@code ethtool -k NAME}, one feature; empty when this kernel does not know the name. */
    public Optional<Feature> feature(String name, String feature) {
        return features(name).stream()
                .filter(candidate -> candidate.name().equals(feature))
                .findFirst();
    }

    /**
     * {@code ethtool -K NAME FEATURE on|off ...} with the kernel's names of features.
     *
     * <p>The kernel takes it as a wish: a feature whose needs are not met stays off until they are, and others that need one
     * that goes off go off with it. Read back what came of it.
     *
     * @throws LinuxException code {@code ethtool.no-such-feature}, or {@code ethtool.unsupported} for a feature that this device
     *     has fixed the other way
     */
    public void setFeatures(String name, Map<String, Boolean> wanted) {
        List<String> names = featureNames(name);
        List<Feature> before = features(name);
        for (Map.Entry<String, Boolean> wish : wanted.entrySet()) {
            Feature feature = before.stream()
                    .filter(candidate -> candidate.name().equals(wish.getKey()))
                    .findFirst()
                    .orElseThrow(() -> noSuchFeature(name, wish.getKey()));
            if (!feature.changeable() && feature.active() != wish.getValue()) {
                // The kernel itself answers such a wish with success and does nothing.
                throw unsupported(name, "switch " + wish.getKey() + " of " + name + (wish.getValue() ? " on" : " off"));
            }
        }
        session.execute(name, EthtoolCodec.setFeatures(names, wanted), "switch offload features of " + name);
    }

    @Override
    public void close() {
        session.close();
    }

    private List<String> featureNames(String name) {
        String what = "read the names of the offload features of " + name;
        return session.ask(name, EthtoolCodec.askFeatureCount(), what)
                .map(EthtoolCodec::readFeatureCount)
                .flatMap(count -> session.ask(name, EthtoolCodec.askFeatureNames(count), what))
                .map(EthtoolCodec::readFeatureNames)
                .orElse(List.of());
    }

    private Optional<byte[]> askRings(String name) {
        return session.ask(name, EthtoolCodec.askRings(), "read the rings of " + name);
    }

    private Optional<byte[]> askCoalescing(String name) {
        return session.ask(name, EthtoolCodec.askCoalescing(), "read the interrupt coalescing of " + name);
    }

    private static LinuxException unsupported(String name, String what) {
        return EthtoolSession.unsupported(name, what, null);
    }

    private static LinuxException noSuchFeature(String name, String feature) {
        return new LinuxException(
                "ethtool.no-such-feature",
                "This kernel has no offload feature \"" + feature + "\" to set on " + name + ".",
                "Use the kernel's name of the feature, as ethtool -k prints it for features that are not indented groups.");
    }
}

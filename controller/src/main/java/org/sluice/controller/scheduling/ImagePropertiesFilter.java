package org.sluice.controller.scheduling;

import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The host can run what the image says it holds: processor architecture, hypervisor and its version. */
final class ImagePropertiesFilter implements HostFilter {
    /** A simulated host stands in for a QEMU one; Glance's property distinguishes KVM, libvirt's type does not. */
    private static final Map<String, String> HYPERVISORS = Map.of("kvm", "qemu", "simulated", "qemu");

    private static final Map<String, String> ARCHITECTURES =
            Map.of("amd64", "x86_64", "x64", "x86_64", "arm64", "aarch64", "i386", "i686", "x86", "i686");

    @Override
    public Optional<String> refusal(HostState host, Demand demand) {
        Optional<String> architecture = first(demand, "hw_architecture", "architecture");
        if (architecture.isPresent()
                && !canonical(ARCHITECTURES, architecture.get())
                        .equals(canonical(ARCHITECTURES, host.architecture()))) {
            return Optional.of(
                    "The image is for " + architecture.get() + " and the host is " + host.architecture() + ".");
        }
        Optional<String> hypervisor = first(demand, "img_hv_type", "hypervisor_type");
        if (hypervisor.isPresent()
                && !canonical(HYPERVISORS, hypervisor.get()).equals(canonical(HYPERVISORS, host.hypervisorType()))) {
            return Optional.of(
                    "The image needs " + hypervisor.get() + " and the host has " + host.hypervisorType() + ".");
        }
        return first(demand, "img_hv_requested_version", "hypervisor_version_requires")
                .filter(range -> !Stream.of(range.split(",")).allMatch(bound -> Versions.within(host, bound.strip())))
                .map(range -> "The image needs a hypervisor of version " + range + " and the host has "
                        + Versions.text(host.hypervisorVersion()) + ".");
    }

    private static Optional<String> first(Demand demand, String... names) {
        return Stream.of(names)
                .map(demand.imageFacts()::get)
                .filter(Objects::nonNull)
                .findFirst();
    }

    private static String canonical(Map<String, String> synonyms, String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return synonyms.getOrDefault(lower, lower);
    }

    /** Compares {@code >=6.0} and the like with libvirt's encoding of versions. */
    private static final class Versions {
        private static final Pattern BOUND =
                Pattern.compile("(<=|>=|==|!=|<|>|=)?\\s*(\\d+)(?:\\.(\\d+))?(?:\\.(\\d+))?");

        static boolean within(HostState host, String bound) {
            Matcher matcher = BOUND.matcher(bound);
            if (!matcher.matches()) {
                // A bound that cannot be read cannot be promised.
                return false;
            }
            int wanted = part(matcher, 2) * 1_000_000 + part(matcher, 3) * 1_000 + part(matcher, 4);
            int there = host.hypervisorVersion();
            return switch (matcher.group(1) == null ? "==" : matcher.group(1)) {
                case "<" -> there < wanted;
                case "<=" -> there <= wanted;
                case ">" -> there > wanted;
                case ">=" -> there >= wanted;
                case "!=" -> there != wanted;
                default -> there == wanted;
            };
        }

        static String text(int version) {
            return version / 1_000_000 + "." + version / 1_000 % 1_000 + "." + version % 1_000;
        }

        private static int part(Matcher matcher, int group) {
            return matcher.group(group) == null ? 0 : Integer.parseInt(matcher.group(group));
        }
    }
}

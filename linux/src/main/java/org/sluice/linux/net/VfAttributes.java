package org.sluice.linux.net;

import static java.util.Objects.requireNonNull;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is to be set on a VF: at most one attribute of each kind; a kind that is absent is left as it is. Immutable.
 *
 * <pre>{@code
 * VfAttributes.none().withMac(mac).withVlan(2401).withSpoofCheck(true).withTrust(false)
 * }</pre>
 *
 * @param list in the order in which the kernel applies them
 */
public record VfAttributes(List<VfAttribute> list) {
    private static final VfAttributes NONE = new VfAttributes(List.of());

    /** Sorts, and refuses two of a kind. */
    public VfAttributes {
        list = list.stream().sorted(Comparator.comparing(VfAttribute::kind)).toList();
        if (list.stream().map(VfAttribute::kind).distinct().count() != list.size()) {
            throw new IllegalArgumentException("Each kind of VF attribute can be set once.");
        }
    }

    /** Nothing to set. */
    public static VfAttributes none() {
        return NONE;
    }

    /** These, one of each kind at most. */
    public static VfAttributes of(VfAttribute... attributes) {
        return new VfAttributes(List.of(attributes));
    }

    /** The same with this attribute, in place of one of its kind. */
    public VfAttributes with(VfAttribute attribute) {
        requireNonNull(attribute, "attribute is null");
        return new VfAttributes(Stream.concat(without(attribute.kind()).list.stream(), Stream.of(attribute))
                .toList());
    }

    /** The same without the attribute of this kind. */
    public VfAttributes without(VfAttribute.Kind kind) {
        return new VfAttributes(
                list.stream().filter(attribute -> attribute.kind() != kind).toList());
    }

    /** The same with this MAC address. */
    public VfAttributes withMac(MacAddress address) {
        return with(new VfAttribute.Mac(address));
    }

    /** The same with this 802.1Q VLAN, 0 for none, and priority 0. */
    public VfAttributes withVlan(int id) {
        return with(VfAttribute.Vlan.of(id));
    }

    /** The same with this VLAN. */
    public VfAttributes withVlan(int id, int qos, VlanProtocol protocol) {
        return with(new VfAttribute.Vlan(id, qos, protocol));
    }

    /** The same with both rates in Mbit/s, 0 for none. */
    public VfAttributes withTxRate(int minimum, int maximum) {
        return with(new VfAttribute.TxRate(minimum, maximum));
    }

    /** The same with the spoof check on or off. */
    public VfAttributes withSpoofCheck(boolean on) {
        return with(new VfAttribute.SpoofCheck(on));
    }

    /** The same with this link state. */
    public VfAttributes withLinkState(VfLinkState state) {
        return with(new VfAttribute.LinkState(state));
    }

    /** The same with RSS queries allowed or not. */
    public VfAttributes withRssQuery(boolean on) {
        return with(new VfAttribute.RssQuery(on));
    }

    /** The same with trust on or off. */
    public VfAttributes withTrust(boolean on) {
        return with(new VfAttribute.Trust(on));
    }

    /** The attribute of this type, for example {@code find(VfAttribute.Vlan.class)}. */
    public <T extends VfAttribute> Optional<T> find(Class<T> type) {
        return list.stream().filter(type::isInstance).map(type::cast).findFirst();
    }

    /** Whether there is nothing to set. */
    public boolean isEmpty() {
        return list.isEmpty();
    }

    /** The attributes that the VF does not show as asked, in the kernel's order; empty when all is as it should be. */
    public List<VfAttribute> differingFrom(VirtualFunctionInfo actual) {
        return list.stream().filter(attribute -> !actual.shows(attribute)).toList();
    }

    /** As {@code ip} would write them after {@code vf N}. */
    public String describe() {
        return list.stream().map(VfAttribute::describe).collect(Collectors.joining(" "));
    }
}

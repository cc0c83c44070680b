package org.sluice.agent.hypervisor;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;
import org.sluice.agent.host.Hypervisor.NicKey;
import org.sluice.model.MacAddress;

/**
 * What libvirt says of a domain that runs, as far as NICs go. Pure.
 *
 * @param nics its NICs and host devices
 * @param ports what its metadata say of them
 */
record LiveDomain(List<LiveNic> nics, List<PortMark> ports) {
    LiveDomain {
        nics = List.copyOf(nics);
        ports = List.copyOf(ports);
    }

    /** Reads what {@code virsh dumpxml} shows. */
    static LiveDomain of(String xml) {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        List<LiveNic> nics = new ArrayList<>();
        List<PortMark> ports = new ArrayList<>();
        try {
            XMLStreamReader reader = factory.createXMLStreamReader(new StringReader(xml));
            while (reader.hasNext()) {
                if (reader.next() == XMLStreamReader.START_ELEMENT) {
                    if (DomainXml.NAMESPACE.equals(reader.getNamespaceURI())) {
                        port(reader).ifPresent(ports::add);
                    } else if (reader.getLocalName().equals("interface")) {
                        nics.add(nic(reader, LiveNic.Element.INTERFACE));
                    } else if (reader.getLocalName().equals("hostdev")) {
                        nics.add(nic(reader, LiveNic.Element.HOSTDEV));
                    }
                }
            }
            reader.close();
        } catch (XMLStreamException notXml) {
            throw new IllegalStateException("libvirt's description of a domain could not be read", notXml);
        }
        return new LiveDomain(nics, ports);
    }

    /** That NIC, if the domain has it. */
    Optional<LiveNic> find(NicKey key) {
        return nics.stream().filter(nic -> nic.is(key)).findFirst();
    }

    private static Optional<PortMark> port(XMLStreamReader reader) {
        return reader.getLocalName().equals("port")
                ? Optional.of(new PortMark(
                        value(reader, "id"),
                        value(reader, "network"),
                        value(reader, "mac"),
                        value(reader, "vlan"),
                        value(reader, "device")))
                : Optional.empty();
    }

    private static LiveNic nic(XMLStreamReader reader, LiveNic.Element element) throws XMLStreamException {
        String end = reader.getLocalName();
        String type = value(reader, "type");
        Optional<String> alias = Optional.empty();
        Optional<MacAddress> mac = Optional.empty();
        Optional<String> pciAddress = Optional.empty();
        boolean isOfHost = false;
        while (true) {
            switch (reader.next()) {
                case XMLStreamReader.START_ELEMENT -> {
                    switch (reader.getLocalName()) {
                        case "alias" -> alias = Optional.of(value(reader, "name"));
                        case "mac" -> mac = Optional.of(new MacAddress(value(reader, "address")));
                        case "source" -> isOfHost = true;
                        case "address" -> {
                            // Outside the source it is where the guest sees the device.
                            if (isOfHost) {
                                pciAddress = Optional.of(pciAddress(reader));
                            }
                        }
                        default -> {
                            // Whatever else libvirt says of it.
                        }
                    }
                }
                case XMLStreamReader.END_ELEMENT -> {
                    if (reader.getLocalName().equals("source")) {
                        isOfHost = false;
                    } else if (reader.getLocalName().equals(end)) {
                        return new LiveNic(element, type, alias, mac, pciAddress);
                    }
                }
                default -> {
                    // Text between elements.
                }
            }
        }
    }

    private static String pciAddress(XMLStreamReader reader) {
        return String.format(
                Locale.ROOT,
                "%04x:%02x:%02x.%x",
                number(reader, "domain"),
                number(reader, "bus"),
                number(reader, "slot"),
                number(reader, "function"));
    }

    private static int number(XMLStreamReader reader, String attribute) {
        String text = value(reader, attribute);
        return text.isEmpty() ? 0 : Integer.decode(text);
    }

    private static String value(XMLStreamReader reader, String attribute) {
        @Nullable String text = reader.getAttributeValue(null, attribute);
        return text == null ? "" : text;
    }
}

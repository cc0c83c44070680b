package org.sluice.agent.hypervisor;

import static java.util.Objects.requireNonNull;

import java.io.StringWriter;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.sluice.agent.host.Disks;
import org.sluice.agent.host.Hypervisor;
import org.sluice.agent.host.Hypervisor.Domain;
import org.sluice.agent.host.Hypervisor.Nic;
import org.sluice.model.ServerId;

/**
 * Writes a {@link Domain} in libvirt's format (libvirt.org, "Domain XML format"). Pure; every value passes an XML writer,
 * so that no name can become markup.
 *
 * @see LibvirtHypervisor
 */
final class DomainXml {
    /** Marks a domain as ours: libvirt keeps the element and shows it again. */
    static final String NAMESPACE = "urn:sluice:domain:1";

    /** What the namespace is called in a document. */
    static final String PREFIX = "sluice";

    private static final Pattern PCI_ADDRESS = Pattern.compile("([0-9a-f]{4,8}):([0-9a-f]{2}):([0-9a-f]{2})\\.([0-7])");

    /** How libvirt runs the domain. */
    enum Accelerator {
        /** Hardware virtualisation. */
        KVM("kvm"),
        /** Translated code; slow, and good enough where there is no KVM. */
        QEMU("qemu"),
        /** libvirt's own test driver, which runs nothing. */
        TEST("test");

        private final String type;

        Accelerator(String type) {
            this.type = type;
        }
    }

    private final XMLStreamWriter xml;

    private DomainXml(XMLStreamWriter xml) {
        this.xml = xml;
    }

    /** What is written in one go. */
    @FunctionalInterface
    private interface Part {
        void write(DomainXml xml) throws XMLStreamException;
    }

    /** Returns the document for a domain. */
    static String of(Domain domain, Accelerator accelerator) {
        requireNonNull(domain, "domain is null");
        return text(xml -> xml.domain(domain, accelerator));
    }

    /** Returns the device of a NIC that is put into a domain that runs. */
    static String of(Nic nic) {
        requireNonNull(nic, "nic is null");
        return text(xml -> xml.nic(nic));
    }

    /** Returns what finds a NIC in a domain that runs, for taking it out. */
    static String of(LiveNic nic) {
        requireNonNull(nic, "nic is null");
        return text(xml -> xml.live(nic));
    }

    /** Returns the element of a domain's metadata that is ours, as libvirt takes it for a domain that runs: in no namespace. */
    static String marks(ServerId server, List<PortMark> ports) {
        return text(xml -> {
            xml.open("server", "id", server.toString());
            for (PortMark port : ports) {
                xml.empty("port", port.attributes());
            }
            xml.xml.writeEndElement();
        });
    }

    private static String text(Part part) {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter writer = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
            part.write(new DomainXml(writer));
            writer.close();
        } catch (XMLStreamException impossible) {
            throw new IllegalStateException("a string could not be written to", impossible);
        }
        return text.toString();
    }

    private void domain(Domain domain, Accelerator accelerator) throws XMLStreamException {
        open("domain", "type", accelerator.type);
        text("name", domain.name());
        text("uuid", domain.id().toString());
        xml.writeStartElement("metadata");
        xml.writeStartElement(PREFIX, "server", NAMESPACE);
        xml.writeNamespace(PREFIX, NAMESPACE);
        xml.writeAttribute("id", domain.id().toString());
        for (Nic nic : domain.nics()) {
            xml.writeEmptyElement(PREFIX, "port", NAMESPACE);
            attributes(PortMark.of(nic).attributes());
        }
        xml.writeEndElement();
        xml.writeEndElement();
        element("memory", Integer.toString(domain.memoryMib()), "unit", "MiB");
        text("vcpu", Integer.toString(domain.vcpus()));
        xml.writeStartElement("os");
        element("type", "hvm", "arch", "x86_64", "machine", accelerator == Accelerator.TEST ? "pc" : "q35");
        empty("boot", "dev", "hd");
        xml.writeEndElement();
        xml.writeStartElement("features");
        empty("acpi");
        empty("apic");
        xml.writeEndElement();
        if (accelerator == Accelerator.KVM) {
            empty("cpu", "mode", "host-passthrough");
        }
        // The agent decides what happens to a domain that ended; libvirt only reports it.
        text("on_poweroff", "destroy");
        text("on_reboot", "restart");
        text("on_crash", "destroy");
        devices(domain, accelerator);
        xml.writeEndElement();
    }

    private void devices(Domain domain, Accelerator accelerator) throws XMLStreamException {
        xml.writeStartElement("devices");
        if (accelerator != Accelerator.TEST) {
            ports(domain);
        }
        int disks = 0;
        // The firmware boots from the first.
        for (Disks.RootDisk disk : disks(domain)) {
            disk(disk.path().toString(), disk.format(), target(disks++), false);
        }
        if (domain.configDrive().isPresent()) {
            disk(domain.configDrive().orElseThrow().toString(), "raw", target(disks), true);
        }
        for (Nic nic : domain.nics()) {
            nic(nic);
        }
        open("serial", "type", "file");
        empty("source", "path", domain.console().toString(), "append", "on");
        xml.writeEndElement();
        empty("controller", "type", "usb", "model", "none");
        open("rng", "model", "virtio");
        element("backend", "/dev/urandom", "model", "random");
        xml.writeEndElement();
        empty("memballoon", "model", "none");
        xml.writeEndElement();
    }

    private static List<Disks.RootDisk> disks(Domain domain) {
        return Stream.concat(domain.rescueDisk().stream(), Stream.of(domain.rootDisk()))
                .toList();
    }

    private static String target(int index) {
        return "vd" + (char) ('a' + index);
    }

    private void disk(String path, String format, String target, boolean readOnly) throws XMLStreamException {
        open("disk", "type", "file", "device", "disk");
        empty("driver", "name", "qemu", "type", format);
        empty("source", "file", path);
        empty("target", "dev", target, "bus", "virtio");
        if (readOnly) {
            empty("readonly");
        }
        xml.writeEndElement();
    }

    /** A root port for each PCI device there is, and some for those that come: libvirt adds only what it needs at the start. */
    private void ports(Domain domain) throws XMLStreamException {
        int disks = disks(domain).size() + (domain.configDrive().isPresent() ? 1 : 0);
        int randomNumbers = 1;
        int devices = disks + domain.nics().size() + randomNumbers;
        empty("controller", "type", "pci", "index", "0", "model", "pcie-root");
        for (int index = 1; index <= devices + Hypervisor.SPARE_PORTS; index++) {
            empty("controller", "type", "pci", "index", Integer.toString(index), "model", "pcie-root-port");
        }
    }

    private void nic(Nic nic) throws XMLStreamException {
        switch (nic) {
            case Nic.Tap tap -> tap(tap);
            case Nic.Vfio vfio -> vfio(vfio);
        }
    }

    private void tap(Nic.Tap tap) throws XMLStreamException {
        open("interface", "type", "ethernet");
        empty("mac", "address", tap.mac().value());
        // The tap is ours and stays when the domain ends: libvirt only opens it.
        empty("target", "dev", tap.device(), "managed", "no");
        empty("model", "type", "virtio");
        empty("mtu", "size", Integer.toString(tap.mtu()));
        empty("alias", "name", LiveNic.alias(tap.port()));
        xml.writeEndElement();
    }

    private void vfio(Nic.Vfio vfio) throws XMLStreamException {
        // No <interface type='hostdev'>, whose MAC and VLAN libvirt sets itself and puts back; and not managed: the VF
        // is on
        // vfio-pci already, and the agent, which journals it, takes it back.
        open("hostdev", "mode", "subsystem", "type", "pci", "managed", "no");
        empty("driver", "name", "vfio");
        source(vfio.device());
        empty("alias", "name", LiveNic.alias(vfio.port()));
        xml.writeEndElement();
    }

    private void live(LiveNic nic) throws XMLStreamException {
        switch (nic.element()) {
            case INTERFACE -> open("interface", "type", nic.type());
            case HOSTDEV -> open("hostdev", "mode", "subsystem", "type", "pci", "managed", "no");
        }
        if (nic.mac().isPresent()) {
            empty("mac", "address", nic.mac().get().value());
        }
        if (nic.pciAddress().isPresent()) {
            source(nic.pciAddress().get());
        }
        if (nic.alias().isPresent()) {
            empty("alias", "name", nic.alias().get());
        }
        xml.writeEndElement();
    }

    private void source(String pciAddress) throws XMLStreamException {
        Matcher address = PCI_ADDRESS.matcher(pciAddress);
        if (!address.matches()) {
            throw new IllegalArgumentException("'" + pciAddress + "' is not a PCI address.");
        }
        xml.writeStartElement("source");
        empty(
                "address",
                "type",
                "pci",
                "domain",
                "0x" + address.group(1),
                "bus",
                "0x" + address.group(2),
                "slot",
                "0x" + address.group(3),
                "function",
                "0x" + address.group(4));
        xml.writeEndElement();
    }

    private void open(String name, String... attributes) throws XMLStreamException {
        xml.writeStartElement(name);
        attributes(attributes);
    }

    private void empty(String name, String... attributes) throws XMLStreamException {
        xml.writeEmptyElement(name);
        attributes(attributes);
    }

    private void text(String name, String text) throws XMLStreamException {
        element(name, text);
    }

    private void element(String name, String text, String... attributes) throws XMLStreamException {
        open(name, attributes);
        xml.writeCharacters(text);
        xml.writeEndElement();
    }

    private void attributes(String... attributes) throws XMLStreamException {
        for (int i = 0; i < attributes.length; i += 2) {
            xml.writeAttribute(attributes[i], attributes[i + 1]);
        }
    }
}

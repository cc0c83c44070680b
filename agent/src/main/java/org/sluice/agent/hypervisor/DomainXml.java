package org.sluice.agent.hypervisor;

import static java.util.Objects.requireNonNull;

import java.io.StringWriter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.sluice.agent.host.Hypervisor.Domain;
import org.sluice.agent.host.Hypervisor.Nic;

/**
 * Writes a {@link Domain} in libvirt's format (libvirt.org, "Domain XML format"). Pure; every value passes an XML writer,
 * so that no name can become markup.
 *
 * @see LibvirtHypervisor
 */
final class DomainXml {
    /** Marks a domain as ours: libvirt keeps the element and shows it again. */
    static final String NAMESPACE = "urn:sluice:domain:1";

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

    /** Returns the document for a domain. */
    static String of(Domain domain, Accelerator accelerator) {
        requireNonNull(domain, "domain is null");
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter writer = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
            new DomainXml(writer).domain(domain, accelerator);
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
        xml.writeStartElement("sluice", "server", NAMESPACE);
        xml.writeNamespace("sluice", NAMESPACE);
        xml.writeAttribute("id", domain.id().toString());
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
        devices(domain);
        xml.writeEndElement();
    }

    private void devices(Domain domain) throws XMLStreamException {
        xml.writeStartElement("devices");
        disk(domain.rootDisk().path().toString(), domain.rootDisk().format(), "vda", false);
        if (domain.configDrive().isPresent()) {
            disk(domain.configDrive().orElseThrow().toString(), "raw", "vdb", true);
        }
        for (Nic nic : domain.nics()) {
            switch (nic) {
                case Nic.Tap tap -> tap(tap);
                case Nic.Vfio vfio -> vfio(vfio);
            }
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

    private void tap(Nic.Tap tap) throws XMLStreamException {
        open("interface", "type", "ethernet");
        empty("mac", "address", tap.mac().value());
        // The tap is ours and stays when the domain ends: libvirt only opens it.
        empty("target", "dev", tap.tap(), "managed", "no");
        empty("model", "type", "virtio");
        empty("mtu", "size", Integer.toString(tap.mtu()));
        xml.writeEndElement();
    }

    private void vfio(Nic.Vfio vfio) throws XMLStreamException {
        Matcher address = PCI_ADDRESS.matcher(vfio.address());
        if (!address.matches()) {
            throw new IllegalArgumentException("'" + vfio.address() + "' is not a PCI address.");
        }
        // Not managed: the VF is on vfio-pci already, and the agent, which journals it, takes it back.
        open("interface", "type", "hostdev", "managed", "no");
        empty("mac", "address", vfio.mac().value());
        empty("driver", "name", "vfio");
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
        if (vfio.vlan() != 0) {
            xml.writeStartElement("vlan");
            empty("tag", "id", Integer.toString(vfio.vlan()));
            xml.writeEndElement();
        }
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

package org.sluice.linux.xdp;

import java.util.Locale;
import org.sluice.linux.LinuxException;
import org.sluice.linux.kernel.Errno;
import org.sluice.linux.kernel.SystemCallException;

/** What the kernel's error numbers mean at each step of AF_XDP, and what to do about it. */
final class XdpFailures {
    private static final String MISSING_FIX =
            "Check the device's name (ip link show); udev may have renamed it, or it may be in another namespace.";

    private XdpFailures() {}

    static LinuxException opening(SystemCallException failure) {
        return switch (failure.errno()) {
            case EPERM, EACCES ->
                new LinuxException(
                        "xdp.permission",
                        "This process may not open AF_XDP sockets: it lacks CAP_NET_RAW in the network namespace.",
                        "Run as root, or give the program CAP_NET_RAW.",
                        failure);
            case EAFNOSUPPORT, ESOCKTNOSUPPORT ->
                new LinuxException(
                        "xdp.unsupported",
                        "This kernel has no AF_XDP sockets.",
                        "Use a kernel with CONFIG_XDP_SOCKETS, or send and receive through AF_PACKET.",
                        failure);
            default -> failure;
        };
    }

    static LinuxException tooOld() {
        return new LinuxException(
                "xdp.unsupported",
                "This kernel's AF_XDP is too old: its rings cannot ask to be woken.",
                "Use Linux 5.11 or newer, or send and receive through AF_PACKET.");
    }

    static LinuxException registering(SystemCallException failure, XdpSettings settings) {
        return switch (failure.errno()) {
            case ENOBUFS ->
                new LinuxException(
                        "xdp.memory-limit",
                        "The " + settings.memory()
                                + " bytes that the AF_XDP socket is to share with the kernel exceed the"
                                + " limit of locked memory (RLIMIT_MEMLOCK).",
                        "Raise the limit (ulimit -l), give the program CAP_IPC_LOCK, or use fewer or smaller frames.",
                        failure);
            case ENOMEM ->
                new LinuxException(
                        "xdp.memory",
                        "The kernel has no memory for the " + settings.memory()
                                + " bytes that the AF_XDP socket is to share" + " with it.",
                        "Use fewer or smaller frames, or free memory.",
                        failure);
            default -> failure;
        };
    }

    static LinuxException binding(SystemCallException failure, String device, int queue) {
        return switch (failure.errno()) {
            // The other reasons for EINVAL are unknown flags and missing rings, which this package rules out.
            case EINVAL ->
                new LinuxException(
                        "xdp.queue-missing",
                        "The network device " + device + " has no queue " + queue + ".",
                        "Use a number below the device's number of queues (ethtool -l " + device
                                + "), or give the device more queues.",
                        failure);
            case EBUSY ->
                new LinuxException(
                        "xdp.queue-busy",
                        "Another AF_XDP socket uses queue " + queue + " of " + device + ".",
                        "End the program that uses it, or take another queue.",
                        failure);
            case ENODEV -> missing(device, failure);
            case ENETDOWN -> down(device, failure);
            default -> failure;
        };
    }

    static LinuxException sending(String socket, String device, Errno errno) {
        SystemCallException failure = new SystemCallException("sendto", errno, "send from the " + socket);
        return switch (errno) {
            case ENETDOWN -> down(device, failure);
            case ENXIO ->
                new LinuxException(
                        "xdp.unbound",
                        "The network device " + device + " went away while the AF_XDP socket was sending.",
                        "Bring the device back and open a new socket.",
                        failure);
            default -> failure;
        };
    }

    static LinuxException noTransmitQueue(String socket, String device) {
        return new LinuxException(
                "xdp.queue-missing",
                "The network device " + device + " has no transmit queue for the " + socket + ", only a receive queue.",
                "Use a number below the device's number of transmit queues (ethtool -l " + device + ").");
    }

    static LinuxException loading(SystemCallException failure) {
        return switch (failure.errno()) {
            case EPERM, EACCES ->
                new LinuxException(
                        "xdp.permission",
                        "This process may not load XDP programs: it lacks CAP_BPF and CAP_NET_ADMIN.",
                        "Run as root, or give the program CAP_BPF and CAP_NET_ADMIN outside of any user namespace, and check that"
                                + " no kernel lockdown forbids BPF.",
                        failure);
            case ENOSYS ->
                new LinuxException(
                        "xdp.unsupported",
                        "This kernel has no bpf system call.",
                        "Use a kernel with CONFIG_BPF_SYSCALL, or send and receive through AF_PACKET.",
                        failure);
            case EINVAL ->
                new LinuxException(
                        "xdp.unsupported",
                        "This kernel does not know the map or program that AF_XDP needs: " + failure.sentence(),
                        "Use Linux 5.11 or newer with CONFIG_XDP_SOCKETS, or send and receive through AF_PACKET.",
                        failure);
            default -> failure;
        };
    }

    static LinuxException verifier(SystemCallException failure, String log) {
        return new LinuxException(
                "xdp.verifier",
                "The kernel's verifier refused the XDP program and said: " + log.strip(),
                "This is a defect of this program: report it with the kernel's version.",
                failure);
    }

    static LinuxException attaching(SystemCallException failure, String device, AttachMode mode) {
        return switch (failure.errno()) {
            // EEXIST: a program in the other mode. EBUSY: one in the same mode, by link or not.
            case EBUSY, EEXIST ->
                new LinuxException(
                        "xdp.occupied",
                        "The network device " + device + " has an XDP program already.",
                        "End the program that put it there, or take it off (ip link set dev " + device
                                + " xdp off; bpftool link detach).",
                        failure);
            case EOPNOTSUPP ->
                new LinuxException(
                        "xdp.mode-unsupported",
                        "The driver of " + device + " runs no XDP programs in " + mode + " mode.",
                        "Use the generic mode, which every driver has.",
                        failure);
            case ERANGE ->
                new LinuxException(
                        "xdp.mtu",
                        "The MTU of " + device + " or of its other end is too large for XDP in " + mode + " mode.",
                        "Lower the MTU, or use the generic mode.",
                        failure);
            case ENOSPC ->
                new LinuxException(
                        "xdp.queues",
                        "The network device " + device + " has too few queues for XDP in " + mode + " mode.",
                        "Give it as many receive queues as its other end has transmit queues (ethtool -L), or use the generic"
                                + " mode.",
                        failure);
            case ENODEV -> missing(device, failure);
            case EPERM, EACCES -> loading(failure);
            case EINVAL ->
                new LinuxException(
                        "xdp.refused",
                        "The network device " + device + " refused the XDP program in " + mode + " mode.",
                        "Check that the device still exists, that large receive offload is off (ethtool -K " + device
                                + " lro off), or use the generic mode.",
                        failure);
            default -> failure;
        };
    }

    static LinuxException missing(String device, SystemCallException failure) {
        return new LinuxException("link.missing", missingSentence(device), MISSING_FIX, failure);
    }

    static LinuxException missing(String device) {
        return new LinuxException("link.missing", missingSentence(device), MISSING_FIX);
    }

    static LinuxException down(String device) {
        return new LinuxException("xdp.interface-down", downSentence(device), downFix(device));
    }

    static LinuxException tooLong(String device, int mtu, XdpSettings settings) {
        return new LinuxException(
                "xdp.mtu",
                String.format(
                        Locale.ROOT,
                        "The network device %s has an MTU of %d bytes, but the longest frame that an AF_XDP socket with frames"
                                + " of %d bytes receives has %d, MAC addresses and VLAN tag included.",
                        device,
                        mtu,
                        settings.frameSize(),
                        settings.longestReceivedFrame()),
                "Lower the MTU, use frames of 4,096 bytes, or receive jumbo frames through AF_PACKET.");
    }

    private static String missingSentence(String device) {
        return "There is no network device " + device + " in this network namespace.";
    }

    private static LinuxException down(String device, SystemCallException failure) {
        return new LinuxException("xdp.interface-down", downSentence(device), downFix(device), failure);
    }

    private static String downSentence(String device) {
        return "The network device " + device + " is down.";
    }

    private static String downFix(String device) {
        return "Set it up first (ip link set dev " + device + " up).";
    }
}

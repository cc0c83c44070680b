package org.sluice.linux.netlink;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.sluice.linux.kernel.Errno;
import org.sluice.linux.kernel.SystemCallException;

/**
 * A socket to the kernel's NETLINK_ROUTE family, for life in the network namespace of the thread that opened it.
 *
 * <p>Thread-safe: one request at a time, in the order of arrival. The kernel answers route requests inside the sending call, so
 * nothing here waits for long.
 *
 * @see <a href="https://docs.kernel.org/userspace-api/netlink/intro.html">Introduction to Netlink</a>
 */
public final class NetlinkSocket implements AutoCloseable {
    private static final int DUMP_ATTEMPTS = 10;

    private final Datagrams kernel;
    private final ReentrantLock turn = new ReentrantLock();
    private int sequence;
    private boolean closed;

    NetlinkSocket(Datagrams kernel) {
        this.kernel = kernel;
    }

    /** Opens a socket in the calling thread's network namespace. */
    public static NetlinkSocket open() {
        return new NetlinkSocket(KernelDatagrams.open());
    }

    /**
     * Sends a request that changes something and waits for the acknowledgement; its flags must contain NLM_F_ACK.
     *
     * @throws NetlinkException when the kernel refuses
     */
    public void execute(NetlinkRequest request) {
        List<NetlinkMessage> _ = converse(request, _ -> List.of());
    }

    /**
     * Sends a request for one object and returns what the kernel answers; its flags must contain NLM_F_ACK.
     *
     * @throws NetlinkException when the kernel refuses
     */
    public List<NetlinkMessage> query(NetlinkRequest request) {
        return converse(request, List::of);
    }

    /**
     * Sends a request for all objects of a kind (NLM_F_DUMP) and returns them. When the kernel says that something changed in
     * between, it is asked again, a bounded number of times.
     *
     * @throws NetlinkException when the kernel refuses; with EINTR when no dump in a row came through untorn
     */
    public List<NetlinkMessage> dump(NetlinkRequest request) {
        for (int attempt = 0; attempt < DUMP_ATTEMPTS; attempt++) {
            List<NetlinkMessage> messages = converse(request, List::of);
            if (messages.stream().noneMatch(message -> message.has(Netlink.NLM_F_DUMP_INTR))) {
                return messages;
            }
        }
        throw request.refused(Errno.EINTR, "the list changed during each of " + DUMP_ATTEMPTS + " dumps");
    }

    @Override
    public void close() {
        turn.lock();
        try {
            if (!closed) {
                closed = true;
                kernel.close();
            }
        } finally {
            turn.unlock();
        }
    }

    private List<NetlinkMessage> converse(NetlinkRequest request, Function<NetlinkMessage, List<NetlinkMessage>> keep) {
        turn.lock();
        try {
            if (closed) {
                throw new IllegalStateException("The netlink socket is closed.");
            }
            int number = ++sequence;
            kernel.send(request.message().finish(number));
            List<NetlinkMessage> answers = new ArrayList<>();
            while (true) {
                for (NetlinkMessage message : NetlinkMessage.parse(receive(request))) {
                    if (message.sequence() != number) {
                        // The late answer to a request that was given up after its timeout.
                        continue;
                    }
                    switch (message.type()) {
                        case Netlink.NLMSG_NOOP -> {}
                        case Netlink.NLMSG_ERROR -> {
                            Acknowledgement answer = Acknowledgement.parse(message);
                            if (answer.error() != 0) {
                                throw request.refused(answer);
                            }
                            return List.copyOf(answers);
                        }
                        case Netlink.NLMSG_DONE -> {
                            Acknowledgement answer = Acknowledgement.parseDone(message);
                            if (answer.error() != 0) {
                                throw request.refused(answer);
                            }
                            if (message.has(Netlink.NLM_F_DUMP_INTR)) {
                                answers.add(message);
                            }
                            return List.copyOf(answers);
                        }
                        case Netlink.NLMSG_OVERRUN ->
                            throw request.refused(Errno.ENOBUFS, "answers were lost on the way");
                        default -> answers.addAll(keep.apply(message));
                    }
                }
            }
        } finally {
            turn.unlock();
        }
    }

    private byte[] receive(NetlinkRequest request) {
        try {
            return kernel.receive();
        } catch (SystemCallException failure) {
            if (failure.errno() == Errno.EAGAIN) {
                throw request.refused(Errno.ETIMEDOUT, "no answer came in time");
            }
            throw failure;
        }
    }
}

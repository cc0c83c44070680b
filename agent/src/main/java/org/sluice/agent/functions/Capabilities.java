package org.sluice.agent.functions;

import static java.util.Objects.requireNonNull;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.sluice.agent.host.KernelException;
import org.sluice.agent.host.VirtualFunctions;
import org.sluice.agent.journal.DurableDirectory;
import org.sluice.model.protocol.PhysicalFunction;
import org.sluice.model.protocol.PhysicalFunctionKey;

/**
 * Which attributes each card's driver does not take, learned from its own refusals and kept on disk. What was learned
 * counts for one kernel release: a newer driver is asked again. Thread-safe.
 */
public final class Capabilities {
    private final DurableDirectory files;
    private final String kernelRelease;
    private final VirtualFunctions functions;
    private final Map<PhysicalFunctionKey, CardModel> models = new ConcurrentHashMap<>();
    private final Map<CardModel, Matrix> matrices = new ConcurrentHashMap<>();

    /** A kind of card under a driver: what two cards must share to take the same attributes. */
    public record CardModel(String vendorId, String deviceId, String driver) {}

    /**
     * What was learned of one kind of card.
     *
     * @param refused the errno each refused attribute was answered with
     */
    public record Matrix(CardModel model, String kernelRelease, Map<Attribute, String> refused) {
        public Matrix {
            refused = Map.copyOf(refused);
        }
    }

    /**
     * @param files where the matrices are kept
     * @param kernelRelease as {@code uname -r} prints it
     * @param functions tells which card a PF is
     */
    public Capabilities(DurableDirectory files, String kernelRelease, VirtualFunctions functions) {
        this.files = requireNonNull(files, "files is null");
        this.kernelRelease = requireNonNull(kernelRelease, "kernelRelease is null");
        this.functions = requireNonNull(functions, "functions is null");
        for (Matrix matrix : files.readAll(Matrix.class)) {
            if (matrix.kernelRelease().equals(kernelRelease)) {
                matrices.put(matrix.model(), matrix);
            }
        }
    }

    /** Attributes that this PF's driver is known to refuse. */
    public Set<Attribute> refusedBy(PhysicalFunctionKey physicalFunction) {
        return matrix(physicalFunction).refused().keySet();
    }

    /** Whether this PF's driver is known to refuse the attribute. */
    public boolean isRefused(PhysicalFunctionKey physicalFunction, Attribute attribute) {
        return matrix(physicalFunction).refused().containsKey(attribute);
    }

    /** Keeps the driver's refusal of an attribute. */
    public synchronized void learnRefusal(
            PhysicalFunctionKey physicalFunction, Attribute attribute, KernelException refusal) {
        Matrix known = matrix(physicalFunction);
        if (known.refused().containsKey(attribute)) {
            return;
        }
        Map<Attribute, String> refused = new EnumMap<>(Attribute.class);
        refused.putAll(known.refused());
        refused.put(attribute, refusal.errno());
        Matrix learned = new Matrix(known.model(), kernelRelease, refused);
        files.write(fileName(known.model()), learned);
        matrices.put(known.model(), learned);
    }

    /** What kind of card a PF is. */
    public CardModel model(PhysicalFunctionKey physicalFunction) {
        CardModel known = models.get(physicalFunction);
        if (known != null) {
            return known;
        }
        for (PhysicalFunction present : functions.physicalFunctions()) {
            models.put(present.key(), new CardModel(present.vendorId(), present.deviceId(), present.driver()));
        }
        CardModel found = models.get(physicalFunction);
        if (found == null) {
            throw new KernelException(
                    "ENODEV",
                    "There is no physical function with serial " + physicalFunction.serial() + " and port "
                            + physicalFunction.port() + " on this host.",
                    Optional.of("Check that the card is there and its driver is loaded."),
                    null);
        }
        return found;
    }

    private Matrix matrix(PhysicalFunctionKey physicalFunction) {
        CardModel model = model(physicalFunction);
        Matrix known = matrices.get(model);
        return known != null ? known : new Matrix(model, kernelRelease, Map.of());
    }

    private static String fileName(CardModel model) {
        return model.vendorId() + "-" + model.deviceId() + "-" + model.driver();
    }
}

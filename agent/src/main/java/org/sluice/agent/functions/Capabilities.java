package org.sluice.agent.functions;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sluice.agent.host.KernelException;
import org.sluice.agent.host.VirtualFunctions;
import org.sluice.agent.host.VirtualFunctions.CardModel;
import org.sluice.agent.journal.DurableDirectory;
import org.sluice.model.protocol.DriverRefusal;
import org.sluice.model.protocol.PhysicalFunctionKey;

/**
 * Which attributes each card's driver does not take, learned from its own refusals and kept on disk. What was learned
 * counts for one kernel release and one {@link CardModel}: a newer driver or firmware is asked again, and so is every one after
 * {@link #GOOD_FOR}. Thread-safe.
 */
public final class Capabilities {
    /**
     * After how long a driver is asked again. What it refuses may hang on settings of the card that no key shows (DCB on
     * ice, a profile of the firmware), and asking costs one refused call a month.
     */
    public static final Duration GOOD_FOR = Duration.ofDays(30);

    private static final Comparator<DriverRefusal> BY_CARD =
            Comparator.comparing(DriverRefusal::key).thenComparing(DriverRefusal::attribute);

    private final DurableDirectory files;
    private final String kernelRelease;
    private final VirtualFunctions functions;
    private final InstantSource clock;
    private final Map<CardModel, Matrix> matrices = new ConcurrentHashMap<>();

    /**
     * One refusal.
     *
     * @param errno what the attribute was answered with
     * @param learned when
     */
    public record Refusal(String errno, Instant learned) {}

    /**
     * What was learned of one kind of card.
     *
     * @param refusals by attribute; empty in what an earlier version wrote, which knew refusals of whole models only: they are
     *     learned anew
     */
    public record Matrix(CardModel model, String kernelRelease, Map<Attribute, Refusal> refusals) {
        public Matrix {
            requireNonNull(model, "model is null");
            requireNonNull(kernelRelease, "kernelRelease is null");
            refusals = Map.copyOf(Objects.requireNonNullElse(refusals, Map.of()));
        }
    }

    /**
     * @param files where the matrices are kept
     * @param kernelRelease as {@code uname -r} prints it
     * @param functions tells which card a PF is
     * @param clock tells the time
     */
    public Capabilities(DurableDirectory files, String kernelRelease, VirtualFunctions functions, InstantSource clock) {
        this.files = requireNonNull(files, "files is null");
        this.kernelRelease = requireNonNull(kernelRelease, "kernelRelease is null");
        this.functions = requireNonNull(functions, "functions is null");
        this.clock = requireNonNull(clock, "clock is null");
        for (Matrix matrix : files.readAll(Matrix.class)) {
            if (matrix.kernelRelease().equals(kernelRelease)) {
                matrices.put(matrix.model(), matrix);
            }
        }
    }

    /** Attributes that this PF's driver is known to refuse. */
    public Set<Attribute> refusedBy(PhysicalFunctionKey physicalFunction) {
        return matrix(functions.model(physicalFunction)).refusals().entrySet().stream()
                .filter(entry -> counts(entry.getValue()))
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Whether this PF's driver is known to refuse the attribute. */
    public boolean isRefused(PhysicalFunctionKey physicalFunction, Attribute attribute) {
        return counts(matrix(functions.model(physicalFunction)).refusals().get(attribute));
    }

    /**
     * Keeps the driver's refusal of an attribute. That of a PF in switchdev is not kept: there it is the mode that leaves most
     * attributes to the representors, and it says nothing of the card.
     */
    public synchronized void learnRefusal(
            PhysicalFunctionKey physicalFunction, Attribute attribute, KernelException.Refused refusal) {
        CardModel model = functions.model(physicalFunction);
        if (model.isSwitchdev()) {
            return;
        }
        Matrix known = matrix(model);
        Map<Attribute, Refusal> refusals = new EnumMap<>(Attribute.class);
        refusals.putAll(known.refusals());
        refusals.put(attribute, new Refusal(refusal.errno().orElse(""), clock.instant()));
        Matrix learned = new Matrix(model, kernelRelease, refusals);
        files.write(fileName(model), learned);
        matrices.put(model, learned);
    }

    /** What drivers refused and are not asked for again yet, by kind of card and attribute. */
    public List<DriverRefusal> refusals() {
        Instant now = clock.instant();
        return matrices.values().stream()
                .flatMap(matrix -> shown(matrix, now))
                .sorted(BY_CARD)
                .toList();
    }

    /**
     * Forgets what drivers refused: they are asked again, the next time that something is set.
     *
     * @param card of which kind of card ({@link DriverRefusal#key}); empty for all
     * @return what was known; nothing for a kind of card of which nothing is
     */
    public synchronized List<DriverRefusal> forget(Optional<String> card) {
        List<DriverRefusal> known = refusals().stream()
                .filter(refusal -> card.isEmpty() || card.get().equals(refusal.key()))
                .toList();
        for (CardModel model : List.copyOf(matrices.keySet())) {
            if (card.isEmpty() || card.get().equals(fileName(model))) {
                files.remove(fileName(model));
                matrices.remove(model);
            }
        }
        return known;
    }

    private Stream<DriverRefusal> shown(Matrix matrix, Instant now) {
        CardModel model = matrix.model();
        return matrix.refusals().entrySet().stream()
                .filter(entry -> counts(entry.getValue()))
                .map(entry -> new DriverRefusal(
                        fileName(model),
                        model.vendorId(),
                        model.deviceId(),
                        model.driver(),
                        model.moduleVersion(),
                        model.firmware(),
                        model.eswitchMode(),
                        entry.getKey().commandName(),
                        entry.getValue().errno(),
                        entry.getValue().learned(),
                        Duration.between(entry.getValue().learned(), now).toSeconds(),
                        Duration.between(now, entry.getValue().learned().plus(GOOD_FOR))
                                .toSeconds()));
    }

    private boolean counts(@Nullable Refusal refusal) {
        return refusal != null && clock.instant().isBefore(refusal.learned().plus(GOOD_FOR));
    }

    private Matrix matrix(CardModel model) {
        Matrix known = matrices.get(model);
        return known != null ? known : new Matrix(model, kernelRelease, Map.of());
    }

    /** Of the model's plain parts and something for the others: firmware is named in any characters. */
    private static String fileName(CardModel model) {
        String others = model.moduleVersion() + "\n" + model.firmware() + "\n" + model.eswitchMode();
        return model.vendorId() + "-" + model.deviceId() + "-" + model.driver() + "-"
                + UUID.nameUUIDFromBytes(others.getBytes(StandardCharsets.UTF_8));
    }
}

package org.sluice.controller.operation;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.sluice.model.protocol.ServerReport.Failure;

/** A workflow with one thing wrong with it. */
final class WorkflowHarness<D> implements Workflow<D> {
    static final Failure FAILURE = new Failure("Tried", "A test has this step fail.", Optional.empty());

    /** What is done to the step. */
    enum Trouble {
        /** It fails before anything of it is done. */
        FAILS_BEFORE,
        /** It fails as soon as all of it is done, or begun. */
        FAILS_AFTER,
        /** It is taken twice each time. */
        TWICE
    }

    private final Workflow<D> workflow;
    private final int at;
    private final Trouble trouble;

    /** Each of so many steps, failing before and after it is done. */
    static Stream<Arguments> everyFailure(int steps) {
        return everyStep(steps)
                .flatMap(at ->
                        Stream.of(Trouble.FAILS_BEFORE, Trouble.FAILS_AFTER).map(trouble -> Arguments.of(at, trouble)));
    }

    /** Each of so many steps. */
    static Stream<Integer> everyStep(int steps) {
        return IntStream.range(0, steps).boxed();
    }

    WorkflowHarness(Workflow<D> workflow, int at, Trouble trouble) {
        this.workflow = requireNonNull(workflow, "workflow is null");
        this.at = at;
        this.trouble = requireNonNull(trouble, "trouble is null");
    }

    @Override
    public String kind() {
        return workflow.kind();
    }

    @Override
    public Class<D> dataType() {
        return workflow.dataType();
    }

    @Override
    public List<Step<D>> steps() {
        List<Step<D>> steps = new ArrayList<>(workflow.steps());
        steps.set(at, new Troubled(steps.get(at)));
        return steps;
    }

    @Override
    public void failed(Run<D> run, Failure failure) {
        workflow.failed(run, failure);
    }

    @Override
    public boolean comesBack(Run<D> run) {
        return workflow.comesBack(run);
    }

    private final class Troubled implements Step<D> {
        private final Step<D> step;

        private Troubled(Step<D> step) {
            this.step = step;
        }

        @Override
        public String name() {
            return step.name();
        }

        @Override
        public Outcome apply(Run<D> run) {
            return switch (trouble) {
                case FAILS_BEFORE -> new Outcome.Failed(FAILURE);
                case FAILS_AFTER -> {
                    Outcome _ = step.apply(run);
                    yield new Outcome.Failed(FAILURE);
                }
                case TWICE -> {
                    Outcome _ = step.apply(run);
                    yield step.apply(anew(run));
                }
            };
        }

        @Override
        public void undo(Run<D> run) {
            step.undo(run);
            step.undo(anew(run));
        }

        /** With the server as the first time has left it. */
        private Run<D> anew(Run<D> run) {
            return new Run<>(
                    run.handle(),
                    new org.sluice.controller.server.Servers()
                            .hold(run.handle(), run.server().id())
                            .orElseThrow(),
                    run.data(),
                    run.heard());
        }
    }
}

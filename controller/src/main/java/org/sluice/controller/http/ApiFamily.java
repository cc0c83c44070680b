package org.sluice.controller.http;

import java.util.List;
import java.util.Optional;
import org.sluice.controller.http.list.PageStyle;
import org.sluice.controller.policy.Scope;

/** One API under one path of the listener: identity, network, compute, image, or Sluice's own. */
public interface ApiFamily {
    /** Path under which it is mounted, {@code /network}. */
    String mount();

    /** Adds its routes; patterns are relative to the mount. */
    void routes(Routes routes);

    /** How it words failures. */
    Faults faults();

    /** How it words what the edge refuses. */
    default Wording wording() {
        return new SluiceWording();
    }

    /** How its lists tell where other pages are. */
    default PageStyle pageStyle() {
        return new SluicePages();
    }

    /**
     * The microversion that a request asks for, by its part after {@code 2.}; 0 where there are none.
     *
     * @throws org.sluice.model.ProblemException 400 for text that is no version, 406 for one that is not offered
     */
    default int minorVersion(Exchange exchange) {
        return 0;
    }

    /** Its name in documents, {@code Compute API}; empty for those that only agents speak. */
    default Optional<String> title() {
        return Optional.empty();
    }

    /** Its version in documents. */
    default String version() {
        return "1";
    }

    /**
     * Whether tokens of that scope do here. Unless the family says otherwise, none for a domain or the cloud does: what it has
     * belongs to projects, and whoever asks without one would make things that are nobody's.
     */
    default boolean takes(Scope scope) {
        return switch (scope) {
            case Scope.Project _, Scope.Nothing _ -> true;
            case Scope.Domain _, Scope.Cloud _ -> false;
        };
    }

    /** What its reference in OpenStack has and it has not. */
    default List<Absent> absences() {
        return List.of();
    }

    /** Last touch on every reply of the family, such as version headers; the default leaves it as it is. */
    default Reply finish(Exchange exchange, Reply reply) {
        return reply;
    }
}

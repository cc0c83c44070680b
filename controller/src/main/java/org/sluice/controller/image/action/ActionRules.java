package org.sluice.controller.image.action;

import org.sluice.controller.image.image.ImageRecord;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;
import org.sluice.model.Problem;

/** Who may keep everybody from an image's bytes, as Glance's policies say. */
final class ActionRules {
    static final Rule DEACTIVATE = Rule.of("deactivate", Who.ADMIN, "Deactivate an image.");
    static final Rule REACTIVATE = Rule.of("reactivate", Who.ADMIN, "Reactivate an image.");

    private ActionRules() {}

    /** Refuses what an image without bytes cannot become. */
    static void requireContent(ImageRecord image, String action) {
        if (!image.status().hasContent()) {
            throw Problem.of(
                            Problem.Kind.BAD_REQUEST,
                            "InvalidImageStatusTransition",
                            "Not allowed to " + action + " image in status '"
                                    + image.status().apiName() + "'.")
                    .asException();
        }
    }
}

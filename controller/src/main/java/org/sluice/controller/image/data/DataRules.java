package org.sluice.controller.image.data;

import org.sluice.controller.http.Exchange;
import org.sluice.controller.image.image.DiskFormat;
import org.sluice.controller.image.image.ImageRecord;
import org.sluice.controller.image.image.ImageRules;
import org.sluice.controller.image.image.ImageStatus;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;
import org.sluice.model.Problem;

/** Who may bring and fetch an image's bytes, as Glance's policies say, and when. Pure. */
final class DataRules {
    static final Rule UPLOAD = Rule.of("upload_image", Who.PROJECT_MEMBER, "Upload the data of an image.");
    static final Rule DOWNLOAD = Rule.of(
            "download_image",
            "(role:member or role:manager) and (project_id:%(project_id)s or 'public':%(visibility)s"
                    + " or 'community':%(visibility)s) or rule:admin",
            "Download the data of an image.");
    static final Rule DOWNLOAD_DEACTIVATED =
            Rule.of("sluice:images:download_deactivated", Who.ADMIN, "Download the data of a deactivated image.");

    private DataRules() {}

    /** Refuses an upload to an image that has its bytes, or does not say what they are. */
    static DiskFormat requireReadyForUpload(ImageRecord image) {
        if (image.status() == ImageStatus.SAVING) {
            throw Problem.of(
                            Problem.Kind.CONFLICT,
                            "InvalidImageStatusTransition",
                            "Image " + image.id() + " awaits the disk of a server, and takes no other data.")
                    .asException();
        }
        if (image.status() != ImageStatus.QUEUED) {
            throw Problem.of(
                            Problem.Kind.CONFLICT,
                            "InvalidImageStatusTransition",
                            "Image " + image.id() + " has its data already; an image's data never changes.")
                    .asException();
        }
        if (image.metadata().containerFormat().isEmpty() || image.diskFormat().isEmpty()) {
            throw Problem.of(
                            Problem.Kind.BAD_REQUEST,
                            "BadRequest",
                            "Properties disk_format, container_format must be set prior to saving data.")
                    .asException();
        }
        return image.diskFormat().get();
    }

    /** Refuses the bytes of a deactivated image to all but operators. */
    static void requireReadable(Exchange exchange, ImageRecord image) {
        if (image.status() == ImageStatus.DEACTIVATED
                && !exchange.may(DOWNLOAD_DEACTIVATED, ImageRules.target(image))) {
            throw Problem.of(
                            Problem.Kind.FORBIDDEN,
                            "Forbidden",
                            "The requested image has been deactivated. Image data download is forbidden.")
                    .asException();
        }
    }
}

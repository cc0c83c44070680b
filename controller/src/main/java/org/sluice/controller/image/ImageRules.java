package org.sluice.controller.image;

import java.util.Map;
import java.util.Optional;
import org.sluice.controller.http.Ids;
import org.sluice.controller.policy.Caller;
import org.sluice.model.ImageId;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import org.sluice.model.Promises;

/** Who may do what with an image. Pure. */
final class ImageRules {
    private ImageRules() {}

    /** The identifier in a path. What is no UUID names no image. */
    static ImageId id(String text) {
        return Ids.parse(text).map(ImageId::new).orElseThrow(() -> notFound(text));
    }

    /** The image, if it is there and the caller may see it. */
    static ImageRecord visible(Optional<ImageRecord> image, ImageId id, Caller caller) {
        return image.filter(found -> caller.isAdmin() || found.isVisibleTo(caller.projectId()))
                .orElseThrow(() -> notFound(id.toString()));
    }

    /** The image, if the caller may change it. */
    static ImageRecord changeable(Optional<ImageRecord> image, ImageId id, Caller caller) {
        ImageRecord found = visible(image, id, caller);
        if (!caller.isAdmin() && !(caller.mayWrite() && found.projectId().equals(caller.projectId()))) {
            throw forbidden("You are not permitted to modify image " + id + ".");
        }
        return found;
    }

    /** Refuses readers, and publicity for others than admins. */
    static void requireMayHave(ImageMetadata metadata, Caller caller) {
        if (!caller.mayWrite()) {
            throw forbidden("You are not authorized to complete add_image action.");
        }
        if (metadata.visibility() == Visibility.PUBLIC && !caller.isAdmin()) {
            throw forbidden("You are not authorized to complete publicize_image action.");
        }
    }

    /** Refuses properties that are new, or have a new value, and whose effect nobody would bring about. */
    static void requireOfferedProperties(Map<String, String> before, Map<String, String> after) {
        after.forEach((key, value) -> {
            if (!value.equals(before.get(key))) {
                Promises.refusalOfImageProperty(key, value).ifPresent(reason -> {
                    throw Problem.of(Problem.Kind.BAD_REQUEST, "InvalidValue", reason)
                            .asException();
                });
            }
        });
    }

    /** The project that shall own an image: the caller's, unless an admin names another. */
    static String owner(Optional<String> named, String usual, Caller caller) {
        String owner = named.orElse(usual);
        if (!owner.equals(usual) && !caller.isAdmin()) {
            throw forbidden("You are not permitted to set the owner of an image to '" + owner + "'.");
        }
        return owner;
    }

    /** Refuses an upload to an image that has its bytes, or does not say what they are. */
    static DiskFormat requireReadyForUpload(ImageRecord image) {
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

    /** Refuses a change of the formats once there are bytes that have them. */
    static void requireSameFormats(ImageRecord before, ImageMetadata after) {
        if (before.status().hasContent()
                && (!before.metadata().diskFormat().equals(after.diskFormat())
                        || !before.metadata().containerFormat().equals(after.containerFormat()))) {
            throw forbidden("Attributes disk_format and container_format may not be changed: the image has its data.");
        }
    }

    /** Refuses the bytes of a deactivated image to all but admins. */
    static void requireReadable(ImageRecord image, Caller caller) {
        if (image.status() == ImageStatus.DEACTIVATED && !caller.isAdmin()) {
            throw forbidden("The requested image has been deactivated. Image data download is forbidden.");
        }
    }

    /** Refuses {@code deactivate} and {@code reactivate} to all but admins, and of images that have no bytes. */
    static void requireMayAct(ImageRecord image, String action, Caller caller) {
        caller.requireAdmin(action);
        if (!image.status().hasContent()) {
            throw Problem.of(
                            Problem.Kind.BAD_REQUEST,
                            "InvalidImageStatusTransition",
                            "Not allowed to " + action + " image in status '"
                                    + image.status().apiName() + "'.")
                    .asException();
        }
    }

    static void requireDeletable(ImageRecord image, boolean needed) {
        if (image.metadata().isProtected()) {
            throw new Problem(
                            Problem.Kind.FORBIDDEN,
                            "Forbidden",
                            "Image " + image.id() + " is protected and cannot be deleted.",
                            Optional.of("Unprotect it first with: openstack image set --unprotected " + image.id()))
                    .asException();
        }
        if (needed) {
            throw Problem.of(
                            Problem.Kind.CONFLICT,
                            "ImageInUse",
                            "Image " + image.id() + " could not be deleted because a server is being built from it.")
                    .asException();
        }
    }

    static ProblemException notFound(String id) {
        return Problem.of(Problem.Kind.NOT_FOUND, "ImageNotFound", "No image found with ID " + id)
                .asException();
    }

    private static ProblemException forbidden(String sentence) {
        return Problem.of(Problem.Kind.FORBIDDEN, "Forbidden", sentence).asException();
    }
}

package org.sluice.controller.image.image;

import java.util.Map;
import java.util.Optional;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Ids;
import org.sluice.controller.policy.RowTarget;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Target;
import org.sluice.controller.policy.Who;
import org.sluice.model.ImageId;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/** Who may do what with an image, as Glance's policies say, and what an image may be. Pure. */
public final class ImageRules {
    /** See an image, in a list too: one's own, public and community ones. */
    public static final Rule SHOW = Rule.of(
                    "get_image",
                    "(role:reader or role:member or role:manager) and (project_id:%(project_id)s"
                            + " or 'public':%(visibility)s or 'community':%(visibility)s) or rule:admin",
                    "Show an image, and have it in lists.")
            .over(RowTarget.ofProject("project_id").with("owner", "project_id").with("visibility", "visibility"));

    static final Rule LIST = Rule.of("get_images", Who.PROJECT_READER, "List images, of those that get_image shows.");
    static final Rule CREATE = Rule.of("add_image", Who.PROJECT_MEMBER, "Create an image.");
    /** Change whatever an owner may change, tags too. */
    public static final Rule MODIFY = Rule.of("modify_image", Who.PROJECT_MEMBER, "Change an image and its tags.");

    static final Rule DELETE = Rule.of("delete_image", Who.PROJECT_MEMBER, "Delete an image.");
    static final Rule PUBLICIZE = Rule.of("publicize_image", Who.ADMIN, "Make an image public.");
    static final Rule COMMUNITIZE =
            Rule.of("communitize_image", Who.PROJECT_MEMBER, "Make an image a community image.");

    private ImageRules() {}

    /** The image as checks see it: {@code project_id}, {@code owner}, {@code visibility}. */
    public static Target target(ImageRecord image) {
        return new Target(Map.of(
                "project_id", image.projectId(),
                "tenant_id", image.projectId(),
                "owner", image.projectId(),
                "visibility", image.metadata().visibility().apiName()));
    }

    /** The identifier in a path. What is no UUID names no image. */
    static ImageId id(String text) {
        return Ids.parse(text).map(ImageId::new).orElseThrow(() -> unknown(text));
    }

    /** The image, if it is there and the caller may see it. */
    static ImageRecord visible(Exchange exchange, Optional<ImageRecord> image, ImageId id) {
        return image.filter(found -> exchange.may(SHOW, target(found))).orElseThrow(() -> unknown(id.toString()));
    }

    /** The image, if the caller passes the route's rule for it: 404 for what he cannot see, 403 for what he may not do. */
    static ImageRecord permitted(Exchange exchange, Optional<ImageRecord> image, ImageId id) {
        ImageRecord found = visible(exchange, image, id);
        exchange.require(target(found));
        return found;
    }

    /** Refuses a visibility that the caller may not give. */
    static void requireMayShow(Exchange exchange, ImageRecord image) {
        switch (image.metadata().visibility()) {
            case PUBLIC -> exchange.require(PUBLICIZE, target(image));
            case COMMUNITY -> exchange.require(COMMUNITIZE, target(image));
            case SHARED, PRIVATE -> {}
        }
    }

    /** The project that shall own an image: the usual one, or another for which the caller passes the route's rule too. */
    static String owner(Exchange exchange, Optional<String> named, String usual) {
        String owner = named.orElse(usual);
        if (!owner.equals(usual) && !exchange.may(Target.ofProject(owner))) {
            throw forbidden("You are not permitted to set the owner of an image to '" + owner + "'.");
        }
        return owner;
    }

    /** Refuses a change of the formats once there are bytes that have them. */
    static void requireSameFormats(ImageRecord before, ImageMetadata after) {
        if (before.status().hasContent()
                && (!before.metadata().diskFormat().equals(after.diskFormat())
                        || !before.metadata().containerFormat().equals(after.containerFormat()))) {
            throw forbidden("Attributes disk_format and container_format may not be changed: the image has its data.");
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
                            "Image " + image.id()
                                    + " could not be deleted because a server is being built from it, is shelved in it, or is rescued by it.")
                    .asException();
        }
    }

    static ProblemException taken(ImageId id) {
        return Problem.of(Problem.Kind.CONFLICT, "Duplicate", "Image ID " + id + " already exists!")
                .asException();
    }

    /** 404: there is no such image, or none that the caller sees. */
    public static ProblemException unknown(String id) {
        return Problem.of(Problem.Kind.NOT_FOUND, "ImageNotFound", "No image found with ID " + id)
                .asException();
    }

    static ProblemException readOnly(String attribute) {
        return Problem.of(Problem.Kind.FORBIDDEN, "ReadOnly", "Attribute '" + attribute + "' is read-only.")
                .asException();
    }

    private static ProblemException forbidden(String sentence) {
        return Problem.of(Problem.Kind.FORBIDDEN, "Forbidden", sentence).asException();
    }
}

package org.sluice.controller.compute.boot;

import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.sluice.controller.compute.wire.Problems;
import org.sluice.controller.http.Ids;
import org.sluice.controller.http.body.Fields;
import org.sluice.model.ImageId;
import org.sluice.model.ProblemException;
import tools.jackson.databind.JsonNode;

/** Fields that a server has when it is made and when it is made anew. */
public final class BootFields {
    private static final int LONGEST_USER_DATA = 65_535;
    private static final int LONGEST_REFERENCE = 2_048;

    private BootFields() {}

    /** Known to nova and not done here: better refused than taken and forgotten. */
    public static void refuseNotOffered(Fields fields, List<String> names) {
        names.forEach(field -> fields.refuseValue(field, "Sluice does not offer it; leave it out"));
        if (fields.isSet("adminPass")) {
            // Its value is not repeated.
            throw Problems.badRequest(
                    "ValidationError",
                    "Invalid input for field/attribute adminPass. Sluice sets no password in guests: name a key_name, or"
                            + " set one with user_data.");
        }
    }

    /** The image that {@code imageRef} names. */
    public static ImageId image(Fields fields) {
        return Ids.parse(reference(fields, "imageRef"))
                .map(ImageId::new)
                .orElseThrow(() -> Problems.badRequest("InvalidImageRef", "Invalid imageRef provided."));
    }

    /** The identifier of what the field names: itself, a number too, or the last segment of its URL. */
    static String reference(Fields fields, String field) {
        JsonNode value = fields.required(field);
        String text = value.isIntegralNumber() ? value.toString() : fields.text(field, 1, LONGEST_REFERENCE);
        return text.substring(text.lastIndexOf('/') + 1);
    }

    /** What {@code user_data} says, base64; empty where it says nothing. */
    public static Optional<String> userData(Fields fields) {
        Optional<String> data = fields.optionalText("user_data", 0, LONGEST_USER_DATA);
        if (data.isPresent()) {
            try {
                // Clients that wrap base64 lines exist; nova takes them.
                Base64.getMimeDecoder().decode(data.get());
            } catch (IllegalArgumentException notBase64) {
                throw new ProblemException(
                        fields.refused("user_data", "it is not a 'base64'").problem(), notBase64);
            }
            if (!data.get().matches("[A-Za-z0-9+/=\\s]*")) {
                throw fields.refused("user_data", "it is not a 'base64'");
            }
        }
        return data.filter(text -> !text.isEmpty());
    }
}

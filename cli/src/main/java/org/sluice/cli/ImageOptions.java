package org.sluice.cli;

import org.sluice.controller.image.data.ImageLimits;
import org.sluice.model.Problem;
import picocli.CommandLine.Option;

/** What images may take of a controller. */
final class ImageOptions {
    private static final long MOST_GIB = 1 << 20;

    @Option(
            names = "--largest-image",
            paramLabel = "GIB",
            defaultValue = "64",
            description = "Largest image that an upload may bring, in GiB; ${DEFAULT-VALUE}.")
    private long largestGib;

    @Option(
            names = "--disk-reserve",
            paramLabel = "GIB",
            defaultValue = "1",
            description =
                    "Room on the data directory's disk that uploads of images leave free, in GiB; ${DEFAULT-VALUE}.")
    private long reserveGib;

    /** The limits that the options give. */
    ImageLimits limits() {
        return new ImageLimits(
                bytes("--largest-image", largestGib, 1),
                bytes("--disk-reserve", reserveGib, 0),
                ImageLimits.USUAL.uploads(),
                ImageLimits.USUAL.copies());
    }

    private static long bytes(String option, long gib, long least) {
        if (gib < least || gib > MOST_GIB) {
            throw Problem.of(
                            Problem.Kind.BAD_REQUEST,
                            "BadOption",
                            option + " is " + gib + " and must be " + least + " to " + MOST_GIB + " GiB.")
                    .asException();
        }
        return gib << 30;
    }
}

package org.sluice.traffic.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PngReportTest {
    @Test
    void drawsThroughputAndLatency(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("report.png");

        write(SampleReports.fourPatterns(), file);

        BufferedImage image = ImageIO.read(new ByteArrayInputStream(Files.readAllBytes(file)));
        assertThat(image.getWidth()).isEqualTo(1_200);
        assertThat(image.getHeight()).isEqualTo(1_120);
        assertThat(colours(image)).contains(0x1f5fa8, 0xc2570c, 0x1d7a5a, 0x8a3ea8);
    }

    @Test
    void drawsWhatThereIs(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("report.png");

        write(
                SampleReports.onePattern(
                        SampleReports.size("64", 64, 1e6, 9_000),
                        SampleReports.bare("128", OptionalDouble.empty(), Optional.empty(), List.of()),
                        SampleReports.throughput("IMIX", 10, 1e6)),
                file);

        assertThat(colours(ImageIO.read(file.toFile()))).contains(0x1f5fa8);
    }

    @Test
    void saysThatThereIsNothingToDraw() {
        assertThatExceptionOfType(ReportException.class)
                .isThrownBy(() -> PngReport.image(SampleReports.interruptedAtOnce()))
                .withMessage("There is nothing to draw: the report has neither a throughput nor a latency.");
    }

    @Test
    void saysWhatToInstallWhereTheRuntimeCannotDraw() {
        for (Throwable missing : List.of(
                new NoClassDefFoundError("java/awt/Font"),
                new UnsatisfiedLinkError("libfreetype.so.6: cannot open shared object file"),
                new InternalError("Fontconfig head is null"),
                new NullPointerException("FontConfiguration"))) {
            assertThatExceptionOfType(ReportException.class)
                    .isThrownBy(() -> PngReport.drawing(() -> fail(missing)))
                    .withMessageStartingWith("This Java runtime cannot draw PNG images: ")
                    .withMessageContaining(String.valueOf(missing.getMessage()))
                    .satisfies(
                            refused -> assertThat(refused.fix()).contains("libfreetype6", "fontconfig", "HTML report"));
        }
    }

    private static byte[] fail(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) failure;
    }

    private static void write(Report report, Path file) {
        try {
            PngReport.write(report, file);
        } catch (ReportException e) {
            Assumptions.abort(e.sentence() + " " + e.fix());
        }
    }

    private static Set<Integer> colours(BufferedImage image) {
        Set<Integer> colours = new HashSet<>();
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                colours.add(image.getRGB(x, y) & 0xffffff);
            }
        }
        return colours;
    }
}

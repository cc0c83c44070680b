package org.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/** The libraries beside the program, as a build leaves them. */
final class LibrariesTest {
    private static final Path LIBRARIES = Path.of("../cli/target/lib");

    /** Each start would digest their classes, and the start-up cache would leave them out. */
    @Test
    void noneIsSigned() throws IOException {
        List<String> signatures = new ArrayList<>();
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(LIBRARIES, "*.jar")) {
            for (Path path : jars) {
                try (JarFile jar = new JarFile(path.toFile())) {
                    jar.stream()
                            .map(ZipEntry::getName)
                            .filter(name -> name.matches("META-INF/[^/]*\\.(SF|RSA|DSA|EC)"))
                            .forEach(name -> signatures.add(path.getFileName() + " " + name));
                }
            }
        }
        assertThat(signatures).isEmpty();
    }

    @Test
    void thoseThatWereSignedHaveTheirClassesForNewerJava() throws IOException {
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(LIBRARIES, "bc{prov,pkix,util}-*.jar")) {
            int seen = 0;
            for (Path path : jars) {
                seen++;
                try (JarFile jar = new JarFile(path.toFile())) {
                    assertThat(jar.getManifest().getMainAttributes().getValue(Attributes.Name.MULTI_RELEASE))
                            .isEqualTo("true");
                    assertThat(jar.stream().map(ZipEntry::getName))
                            .as(path.toString())
                            .anyMatch(name -> name.startsWith("org/bouncycastle/"))
                            .anyMatch(name -> name.startsWith("META-INF/versions/"));
                }
            }
            assertThat(seen).isEqualTo(3);
        }
    }
}

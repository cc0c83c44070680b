package org.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The launcher {@code ./sluice} in a made-up source tree, with made-up JDKs and a made-up Maven. */
final class LauncherTest {
    private static final List<String> TOOLS = List.of(
            "sh",
            "readlink",
            "dirname",
            "basename",
            "sed",
            "find",
            "head",
            "mkdir",
            "mktemp",
            "rm",
            "cp",
            "ln",
            "mv",
            "ls",
            "sort",
            "date",
            "touch",
            "flock",
            "grep",
            "tee",
            "cat");

    @TempDir
    Path directory;

    private Path tree;
    private Path tools;
    private Path javas;

    @BeforeEach
    void makeTree() throws IOException {
        tree = Files.createDirectories(directory.resolve("a tree"));
        tools = Files.createDirectories(directory.resolve("tools"));
        javas = Files.createDirectories(directory.resolve("jvm"));
        Files.copy(Path.of("..", "sluice"), tree.resolve("sluice"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.writeString(tree.resolve("pom.xml"), "");
        Files.createDirectories(tree.resolve("cli/src/main/java"));
        Files.writeString(tree.resolve("cli/pom.xml"), "");
        for (String tool : TOOLS) {
            Path real = Path.of("/usr/bin", tool);
            Files.createSymbolicLink(tools.resolve(tool), Files.exists(real) ? real : Path.of("/bin", tool));
        }
    }

    private void build() throws IOException {
        Files.createDirectories(tree.resolve("cli/target/lib"));
        Files.writeString(tree.resolve("cli/target/lib/one.jar"), "");
        Files.createDirectories(tree.resolve("agent/target"));
        Files.writeString(tree.resolve("agent/target/agent.classpath"), "lib/two.jar:lib/three.jar");
        Files.writeString(jar(), "");
    }

    private Path jar() {
        return tree.resolve("cli/target/sluice-cli-0.1.0-SNAPSHOT.jar");
    }

    private Path java(String name, String version) throws IOException {
        Path home = javas.resolve(name);
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
        script(home.resolve("bin/java"), "echo \"java of " + name + ": $*\"");
        script(home.resolve("bin/javac"), "exit 0");
        return home;
    }

    private static void script(Path file, String text) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + text + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private record Ended(int code, String output) {}

    private Ended launch(Map<String, String> environment, String... arguments) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(tree.resolve("sluice").toString());
        builder.command().addAll(List.of(arguments));
        builder.environment().clear();
        builder.environment().put("PATH", tools.toString());
        builder.environment().put("SLUICE_JVM_DIRECTORY", javas.toString());
        builder.environment().putAll(environment);
        Process process = builder.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
        return new Ended(process.waitFor(), output);
    }

    @Test
    void withoutAnyJavaItSaysInOneSentenceWhatToInstall() throws Exception {
        build();
        java("jdk-17", "17.0.15");
        Ended ended = launch(Map.of());
        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.output())
                .isEqualTo("sluice: found no Java 25 or newer (JAVA_HOME, /usr/lib/jvm, PATH); install one, such as"
                        + " Debian's openjdk-25-jdk or Eclipse Temurin 25.");
    }

    @Test
    void aTreeThatIsNotBuiltAsksForAJdkAndThenForMaven() throws Exception {
        assertThat(launch(Map.of()).output()).startsWith("sluice: Sluice must be built and found no JDK 25 or newer");
        java("jdk-25", "25.0.1");
        Ended ended = launch(Map.of());
        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.output()).startsWith("sluice: Sluice must be built and found no Maven; install it");
    }

    @Test
    void javaHomeComesFirstUnlessItIsTooOld() throws Exception {
        build();
        java("a-26", "26");
        Path preferred = java("preferred", "25");
        Path old = java("old", "21.0.2");
        assertThat(launch(Map.of("JAVA_HOME", preferred.toString()), "down").output())
                .contains("java of preferred:")
                .endsWith("org.sluice.cli.Sluice down");
        assertThat(launch(Map.of("JAVA_HOME", old.toString()), "down").output()).contains("java of a-26:");
    }

    @Test
    void theHeapThatTheUserSaysIsThatOfTheControllerToo() throws Exception {
        build();
        Path _ = java("jdk-25", "25.0.1");
        assertThat(launch(Map.of(), "config", "show").output())
                .contains(" -Xmx96m ")
                .containsPattern(
                        " -Dsluice.controller.options=-Xmx(25[6-9]|2[6-9][0-9]|[3-9][0-9]{2}|10[0-2][0-9])m -Xms");
        assertThat(launch(Map.of("SLUICE_JAVA_OPTIONS", "-ea -Xmx2g"), "up").output())
                .containsSubsequence("-Xmx96m ", "-Dsluice.controller.options=-Xmx2g ", "-ea -Xmx2g ");
    }

    @ParameterizedTest
    @CsvSource({
        "-Xmx64m, '-Xms32m -Xmn12m', ''",
        "-Xmx24m, '', ''",
        "-Xmx25165824, '', ''",
        "-Xmx24000k, '', ''",
        "-Xmx24m -Xmx80M, '-Xms32m -Xmn12m', '-Xms80m -Xmn32m'",
        "-Xmx1g, '-Xms32m -Xmn12m', '-Xms80m -Xmn32m'",
        "-ea, '-Xms32m -Xmn12m', '-Xms80m -Xmn32m'",
    })
    void aHeapBeginsNoLargerThanTheUserLetsItGrow(String options, String ofMost, String ofControllers)
            throws Exception {
        build();
        Path _ = java("jdk-25", "25.0.1");
        String up = launch(Map.of("SLUICE_JAVA_OPTIONS", options), "up").output();
        String controllers = up.substring(up.indexOf("-Dsluice.controller.options="));
        assertThat(sizes(up.substring(0, up.length() - controllers.length()))).isEqualTo(ofMost);
        assertThat(sizes(controllers)).isEqualTo(ofControllers);
        assertThat(sizes(launch(Map.of("SLUICE_JAVA_OPTIONS", options), "controller")
                        .output()
                        .replaceAll("-Dsluice.controller.options=.*", "")))
                .isEqualTo(ofControllers);
    }

    /** With what a heap begins. */
    private static String sizes(String commandLine) {
        return Pattern.compile("-Xm[sn]\\w+")
                .matcher(commandLine)
                .results()
                .map(MatchResult::group)
                .collect(Collectors.joining(" "));
    }

    @Test
    void eachRoleHasTheCompilerThatPaysForIt() throws Exception {
        build();
        Path _ = java("jdk-25", "25.0.1");
        assertThat(launch(Map.of(), "fleet").output()).containsSubsequence("-XX:TieredStopAtLevel=1", "-Dsluice.");
        assertThat(launch(Map.of(), "controller").output()).containsSubsequence("-XX:TieredStopAtLevel=4", "-Dsluice.");
        assertThat(launch(Map.of(), "traffic").output()).containsSubsequence("-Xmx160m -Dsluice.");
    }

    @Test
    void sourcesThatAreNewerThanTheBuildAreBuilt() throws Exception {
        Path maven = tools.resolve("mvn");
        Path ran = directory.resolve("ran");
        script(maven, """
                echo "$*" >> '%s'
                echo '[INFO] Building Sluice: model 0.1.0-SNAPSHOT                     [1/8]'
                echo '[INFO] Downloading from central: https://repo.example/org/one/1.0/one-1.0.jar'
                echo '[INFO] Downloaded from central: https://repo.example/org/one/1.0/one-1.0.jar (1 kB at 1 kB/s)'
                echo '[WARNING] noise'
                mkdir -p cli/target/lib agent/target
                : > '%s'
                : > agent/target/agent.classpath
                """.formatted(ran, jar()));
        java("jdk-25", "25.0.1");
        String first = launch(Map.of(), "up").output();
        assertThat(first)
                .as("what it is doing, without Maven's noise")
                .contains("sluice: building model\nsluice: downloading one-1.0.jar (1 files so far)\n")
                .doesNotContain("[INFO]")
                .doesNotContain("noise");
        assertThat(Files.readString(ran)).contains("-DskipTests").contains("-pl cli -am package");
        String _ = launch(Map.of(), "up").output();
        assertThat(Files.readAllLines(ran)).hasSize(1);
        Path source = Files.writeString(tree.resolve("cli/src/main/java/New.java"), "");
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(5)));
        String _ = launch(Map.of(), "up").output();
        assertThat(Files.readAllLines(ran)).hasSize(2);
    }

    @Test
    void anAgentsClassPathIsItsOwn() throws Exception {
        build();
        Path _ = java("jdk-25", "25.0.1");

        String started = launch(Map.of(), "agent", "--help").output();

        String here = tree.toRealPath().resolve(".build") + "/build-[^/]*/";
        assertThat(started.lines().toList().getLast())
                .endsWith("org.sluice.cli.AgentMain agent --help")
                .containsPattern("-cp " + here + "sluice-cli.jar:" + here + "lib/sluice-agent-[^:]*:" + here
                        + "lib/sluice-model-[^:]*:" + here + "lib/sluice-linux-[^:]*:" + here + "lib/two.jar:" + here
                        + "lib/three.jar org")
                .doesNotContain("one.jar")
                .doesNotContain("-XX:AOTCache=");
    }

    @Test
    void aBuildThatFailsIsNotStarted() throws Exception {
        script(tools.resolve("mvn"), "echo compiler says no; exit 1");
        java("jdk-25", "25.0.1");
        Ended ended = launch(Map.of(), "up");
        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.output())
                .contains("compiler says no")
                .endsWith("sluice: the build failed; what Maven says is above.");
    }

    @Test
    void theStartUpCacheIsUsedWithTheOptionsItWasTrainedWith() throws Exception {
        build();
        Path home = java("jdk-25", "25.0.1");
        Path trained = directory.resolve("trained");
        script(home.resolve("bin/java"), """
                for option in "$@"; do
                    case $option in
                        -XX:AOTCacheOutput=*) : > "${option#*=}"; echo "$*" > '%s' ;;
                    esac
                done
                echo "$*"
                """.formatted(trained));
        String started = launch(Map.of(), "up").output();
        assertThat(started).contains("-XX:AOTCache=" + tree.toRealPath().resolve(".build"));
        assertThat(jvmOptions(started))
                .as("but for what each role has its own of and the cache does not care for")
                .isEqualTo(jvmOptions(Files.readString(trained)));
    }

    private static List<String> jvmOptions(String commandLine) {
        String last = commandLine.strip().lines().reduce("", (_, line) -> line);
        return List.of(last.split(" ")).stream()
                .filter(word -> word.startsWith("-XX:+") || word.startsWith("-Xs"))
                .toList();
    }

    @Test
    void aCacheThatCannotBeMadeStopsNothing() throws Exception {
        build();
        Path home = java("jdk-25", "25.0.1");
        script(home.resolve("bin/java"), "case \"$*\" in *AOTCacheOutput*) exit 1 ;; esac; echo \"$*\"");
        Ended ended = launch(Map.of(), "up");
        assertThat(ended.code()).isZero();
        assertThat(ended.output())
                .contains("the start-up cache could not be made")
                .doesNotContain("-XX:AOTCache=");
    }

    @Test
    void whoMayNotPrepareABuildIsToldWhoMay() throws Exception {
        build();
        Path _ = java("jdk-25", "25.0.1");
        // Root may write everywhere, but nobody makes a folder of a file.
        Files.writeString(tree.resolve(".build"), "");

        Ended ended = launch(Map.of(), "up");

        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.output())
                .isEqualTo(
                        "sluice: this user may not write to " + tree + "/.build, where a new build is prepared; run any"
                                + " sluice command once as its owner, such as " + tree + "/sluice --version.");
    }
}

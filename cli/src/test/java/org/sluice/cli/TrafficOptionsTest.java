package org.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What the tester's commands refuse: status 2 and one sentence, before any interface is looked at. None of those named here exists. */
final class TrafficOptionsTest {
    private static final List<String> PATH = List.of("--tx", "sluice-a", "--rx", "sluice-b");

    @TempDir
    private Path folder;

    private record Said(int code, String output, String errors) {}

    private static Said type(List<String> words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commandLine =
                Sluice.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        int code = commandLine.execute(words.toArray(String[]::new));
        return new Said(code, out.toString(), err.toString());
    }

    private static Said traffic(String command, List<String> path, String... more) {
        List<String> words = new ArrayList<>(List.of("traffic", command));
        words.addAll(path);
        words.addAll(List.of(more));
        return type(words);
    }

    private static void refused(Said said, String sentence) {
        assertThat(said.code()).as(said.errors()).isEqualTo(2);
        assertThat(said.output()).isEmpty();
        assertThat(said.errors().lines().findFirst().orElseThrow()).isEqualTo("sluice: " + sentence);
        assertThat(said.errors()).hasLineCount(2).endsWith(" --help.\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --tx=a b                | --tx: "a b" cannot name a network device: use 1 to 15 characters without space and slash.
            --rx=eth0@              | --rx: "eth0@" names no network namespace after the @: write IF or IF@NETNS.
            --source=abc            | --source "abc" is no IP address: write it in numbers, as in 198.18.0.1 or 2001:2::1.
            --source=198.18.1       | --source "198.18.1" is no IP address: write it in numbers, as in 198.18.0.1 or 2001:2::1.
            --destination=1.2.3.400 | --destination "1.2.3.400" is no IP address: write it in numbers, as in 198.18.0.1 or 2001:2::1.
            --gateway=router        | --gateway "router" is no IP address: write it in numbers, as in 198.18.0.1 or 2001:2::1.
            --flows=0               | --flows 0 is out of range: use 1 to 4096.
            --flows=many            | Invalid value for option '--flows': 'many' is not an int.
            --dscp=64               | --dscp 64 is out of range: use 0 to 63.
            --vlan=1,2,3            | --vlan: A frame has at most two tags; 3 are given.
            --mode=dpdk             | --mode: "dpdk" is no mode: use mmsg or xdp.
            --speed=1               | Unknown option: '--speed=1'.
            """)
    void aPathThatCannotBe(String option, String sentence) {
        List<String> path = option.startsWith("--tx")
                ? List.of("--rx", "sluice-b")
                : option.startsWith("--rx") ? List.of("--tx", "sluice-a") : PATH;

        refused(traffic("rfc2544", path, option), sentence);
        refused(traffic("blast", path, option), sentence);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --test=speed         | --test: "speed" is no test: use throughput, latency, loss, back-to-back, recovery, reset, soak or all.
            --search=linear      | --search: "linear" is no search: use binary or mlr.
            --profile=long       | --profile: "long" is no profile: use short or rfc.
            --trial=0s           | --trial "0s" is no length of time: write 500ms, 60s, 10m or 8h.
            --soak-for=ever      | --soak-for "ever" is no length of time: write 500ms, 60s, 10m or 8h.
            --sizes=63           | --sizes: The frame size 63 is out of range: use 64 to 9216 bytes.
            --sizes=64,9217      | --sizes: The frame size 9217 is out of range: use 64 to 9216 bytes.
            --sizes=64,128,64    | --sizes: 64 is named twice: name each size once.
            --rate=fast          | --rate: "fast" is no rate: write 20000pps, 1.5Mpps, 500Mbit, 10Gbit or 50%.
            --rate=0pps          | --rate: A rate is more than zero.
            --rate=101%          | --rate: A rate of 101.0 % is out of range: use more than 0 % and up to 100 %.
            --soak-rate=1kpps    | --soak-rate is for --test soak: name that test too.
            --test=reset         | --test reset and --reset-command belong together: name the test and what resets the device.
            --reset-command=true | --test reset and --reset-command belong together: name the test and what resets the device.
            """)
    void aPlanThatCannotBe(String option, String sentence) {
        refused(traffic("rfc2544", PATH, option), sentence);
    }

    @Test
    void interfacesAndAddressesThatDoNotFitTogether() {
        refused(
                traffic("rfc2544", List.of("--tx", "a,b", "--rx", "c")),
                "--tx names 2 and --rx 1 interfaces: name as many of each, at least one.");
        refused(
                traffic("rfc2544", List.of("--tx", "a", "--rx", "a")),
                "--tx and --rx both name a: frames must arrive at another interface than they were sent on.");
        refused(
                traffic("rfc2544", PATH, "--two-way", "--gateway", "198.18.0.254"),
                "Two ways through a router need --return-gateway, the router's address on the receiver's side.");
        refused(
                traffic("rfc2544", PATH, "--ipv6", "--source", "198.18.0.1"),
                "--source 198.18.0.1 is an address of IPv4: leave --ipv6 out, or use one of IPv6.");
        assertThat(traffic("rfc2544", PATH, "--ipv6", "--gateway", "198.18.0.254")
                        .errors())
                .startsWith(
                        "sluice: --gateway 198.18.0.254 and the sender's address 2001:2:0:0:0:0:0:1 are of different");
        assertThat(traffic("rfc2544", List.of("--tx", "a")).errors())
                .startsWith("sluice: Missing required option: '--rx=");
        assertThat(traffic("rfc2544", PATH, "--vlan", "4095").errors()).startsWith("sluice: --vlan: ");
        assertThat(traffic("rfc2544", PATH, "--dst-mac", "xx").errors()).startsWith("sluice: --dst-mac: ");
        assertThat(traffic("rfc2544", PATH, "--dst-mac", "00:00:00:00:00:00").errors())
                .startsWith("sluice: --dst-mac: The address is zero");
    }

    @ParameterizedTest
    @CsvSource({"--json", "--html", "--csv", "--png"})
    void aReportThatCannotBeWritten(String option) {
        Path nowhere = folder.resolve("none").resolve("report");
        String sentence = " cannot be written: name a file in a folder that exists and that you may write to.";

        refused(traffic("rfc2544", PATH, option, nowhere.toString()), option + " " + nowhere + sentence);
        refused(traffic("rfc2544", PATH, option, folder.toString()), option + " " + folder + sentence);
    }

    @Test
    void twoReportsInOneFile() {
        String file = folder.resolve("report").toString();

        refused(
                traffic("rfc2544", PATH, "--json", file, "--csv", file),
                "--json and --csv name the same file " + file + ": name one for each.");
    }

    @Test
    void aResetWithoutTimeForIt() {
        refused(
                traffic("rfc2544", PATH, "--test=reset", "--reset-command=true", "--reset-for=2s"),
                "--reset-for: A reset test of 2 s is too short: use 10 s or more.");
    }

    @Test
    void aBlastThatCannotBe() {
        refused(traffic("blast", PATH, "--seconds", "0"), "--seconds 0 is too short: use 1 or more.");
        refused(
                traffic("blast", PATH, "--size", "10"),
                "--size: The frame size 10 is out of range: use 64 to 9216 bytes.");
        assertThat(traffic("blast", PATH, "--rate", "x").errors()).startsWith("sluice: --rate: \"x\" is no rate");
        assertThat(traffic("blast", PATH, "--json", folder + "/none/x").errors())
                .startsWith("sluice: --json ");
    }

    @Test
    void onlyAfterTheOptionsInterfacesAreLookedAt() {
        Said said = traffic("rfc2544", PATH);

        assertThat(said.code()).isEqualTo(2);
        assertThat(said.errors())
                .isEqualTo("sluice: There is no network device sluice-a. Look at what there is (ip link show).\n");
    }

    @Test
    void compareNeedsTwoReports() throws Exception {
        Path none = folder.resolve("none.json");
        Path other = Files.writeString(folder.resolve("other.json"), "{\"schema\": \"x\"}");

        Said missing = type(List.of("traffic", "compare", none.toString(), none.toString()));
        assertThat(missing.code()).isEqualTo(2);
        assertThat(missing.errors())
                .startsWith("sluice: ")
                .contains(none.toString())
                .hasLineCount(1);
        Said wrong = type(List.of("traffic", "compare", other.toString(), other.toString()));
        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.errors())
                .startsWith("sluice: ")
                .contains(other.toString())
                .hasLineCount(1);
        assertThat(type(List.of("traffic", "compare", none.toString())).code()).isEqualTo(2);
    }

    @Test
    void helpTellsEveryOptionExitCodesAndExamples() {
        Said help = type(List.of("traffic", "rfc2544", "--help"));

        assertThat(help.code()).isZero();
        assertThat(help.output().lines()).allMatch(line -> line.length() <= 100);
        assertThat(help.output())
                .contains("--tx", "--rx", "--gateway", "--test", "--sizes", "--rate", "--json", "--png")
                .contains("Exit codes:", "130", "Examples:");
        assertThat(help.output().indexOf("--tx")).isLessThan(help.output().indexOf("--dscp"));
        assertThat(type(List.of("traffic", "compare", "--help")).output())
                .contains("1   B is worse in at least one figure", "3   the figures do not tell");
    }
}

package org.sluice.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.fleet.importing.ConfigFile;
import org.sluice.controller.fleet.importing.ConfigSetting;
import org.sluice.controller.fleet.importing.ImportRequest;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code sluice import openstack}: takes over what an OpenStack site's own files say about SR-IOV. */
@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Take over configuration from another system.")
final class ImportCommand {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin
    private final Operator operator = new Operator();

    @Command(
            name = "openstack",
            mixinStandardHelpOptions = true,
            description =
                    "Read nova.conf, neutron.conf and the files of ML2; print line by line what was taken and what was ignored.")
    int openstack(
            @Option(names = "--nova-conf", paramLabel = "FILE", description = "nova.conf; may be given again.")
                    @Nullable
                    List<Path> nova,
            @Option(
                            names = "--neutron-conf",
                            paramLabel = "FILE",
                            description = "neutron.conf, where global_physnet_mtu stands; may be given again.")
                    @Nullable
                    List<Path> neutron,
            @Option(
                            names = "--ml2-conf",
                            paramLabel = "FILE",
                            description =
                                    "ml2_conf.ini, ml2_conf_sriov.ini, linuxbridge_agent.ini; may be given again.")
                    @Nullable
                    List<Path> ml2,
            @Option(
                            names = "--host",
                            paramLabel = "HOST",
                            description = "Host the files are from; may be given again. All hosts when left out.")
                    @Nullable
                    List<String> hosts)
            throws IOException, InterruptedException {
        List<ConfigSetting> settings = new ArrayList<>();
        for (Path file : concat(nova, neutron, ml2)) {
            settings.addAll(ConfigFile.parse(file.toString(), read(file)));
        }
        JsonNode notes = operator.client()
                .post("/sluice/v1/import", new ImportRequest(settings, hosts == null ? List.of() : hosts))
                .path("notes");
        PrintWriter out = spec.commandLine().getOut();
        for (JsonNode note : notes) {
            out.printf(
                    "%s:%d: %s %s: %s%n",
                    note.path("file").asString(),
                    note.path("line").asInt(),
                    note.path("taken").asBoolean() ? "taken  " : "ignored",
                    note.path("option").asString(),
                    note.path("sentence").asString());
        }
        out.flush();
        return 0;
    }

    /** In the order in which OpenStack's own programs read them: of an option that comes again, the last one counts. */
    private static List<Path> concat(
            @Nullable List<Path> nova, @Nullable List<Path> neutron, @Nullable List<Path> ml2) {
        List<Path> files = new ArrayList<>(nova == null ? List.of() : nova);
        files.addAll(neutron == null ? List.of() : neutron);
        files.addAll(ml2 == null ? List.of() : ml2);
        if (files.isEmpty()) {
            throw Problem.of(
                            Problem.Kind.BAD_REQUEST,
                            "NoFile",
                            "There is nothing to read; name files with --nova-conf, --neutron-conf and --ml2-conf.")
                    .asException();
        }
        return files;
    }

    private static String read(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException cause) {
            throw new ProblemException(unreadable("There is no file " + file + "."), cause);
        } catch (AccessDeniedException cause) {
            throw new ProblemException(unreadable("The file " + file + " may not be read by this user."), cause);
        } catch (CharacterCodingException cause) {
            throw new ProblemException(unreadable("The file " + file + " is no UTF-8 text."), cause);
        }
    }

    private static Problem unreadable(String sentence) {
        return Problem.of(Problem.Kind.BAD_REQUEST, "UnreadableFile", sentence);
    }
}

package org.sluice.cli;

import org.sluice.cli.traffic.BlastCommand;
import org.sluice.cli.traffic.CompareCommand;
import org.sluice.cli.traffic.QualifyCommand;
import org.sluice.cli.traffic.Rfc2544Command;
import org.sluice.cli.traffic.RunCommand;
import picocli.CommandLine.Command;

/** {@code sluice traffic ...}: measures paths between two interfaces. Only {@code qualify} needs a cloud. */
@Command(
        name = "traffic",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Measure the path between two interfaces of this machine, as RFC 2544 asks.",
        subcommands = {
            Rfc2544Command.class,
            BlastCommand.class,
            RunCommand.class,
            QualifyCommand.class,
            CompareCommand.class
        })
final class TrafficCommand {}

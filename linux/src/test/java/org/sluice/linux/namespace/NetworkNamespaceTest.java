package org.sluice.linux.namespace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sluice.linux.LinuxException;
import org.sluice.linux.net.Links;

class NetworkNamespaceTest {
    private final String name = "sluice-test-" + ProcessHandle.current().pid();

    @BeforeEach
    void needRoot() {
        assumeTrue("root".equals(System.getProperty("user.name")), "Making network namespaces needs root.");
    }

    @AfterEach
    void takeTheNameAway() {
        if ("root".equals(System.getProperty("user.name"))) {
            NetworkNamespace.delete(name);
        }
    }

    @Test
    void createsOpensAndDeletesByName() {
        try (NetworkNamespace created = NetworkNamespace.create(name);
                NetworkNamespace opened = NetworkNamespace.open(name);
                Links links = Links.in(name)) {
            links.createVeth("left", "right");
            assertThat(identity(created)).isEqualTo(identity(opened));
            assertThat(opened.call(NetworkNamespaceTest::devices)).contains("left:");
            assertThat(devices()).doesNotContain("left:");
            assertThat(NetworkNamespace.names()).contains(name);
        }
        NetworkNamespace.delete(name);
        NetworkNamespace.delete(name);
        assertThat(NetworkNamespace.names()).doesNotContain(name);
        assertThatThrownBy(() -> NetworkNamespace.open(name))
                .isInstanceOfSatisfying(
                        LinuxException.class,
                        failure -> assertThat(failure.code()).isEqualTo("namespace.missing"));
    }

    @Test
    void refusesANameTwiceAndANameThatIsAPath() {
        NetworkNamespace.create(name).close();
        assertThatThrownBy(() -> NetworkNamespace.create(name).close())
                .isInstanceOfSatisfying(
                        LinuxException.class,
                        failure -> assertThat(failure.code()).isEqualTo("namespace.exists"));
        assertThatThrownBy(() -> NetworkNamespace.create("../escape").close())
                .isInstanceOfSatisfying(
                        LinuxException.class,
                        failure -> assertThat(failure.code()).isEqualTo("namespace.name"));
    }

    @Test
    void passesOnWhatTheWorkThrowsAndLeavesTheCallerWhereItWas() {
        String before = devices();
        try (NetworkNamespace namespace = NetworkNamespace.createNameless()) {
            assertThatThrownBy(() -> namespace.call(() -> {
                        throw new IOException("on purpose");
                    }))
                    .isInstanceOf(IOException.class)
                    .hasMessage("on purpose");
            assertThat(identity(namespace)).isNotEqualTo(NetworkNamespaceTest.identityHere());
        }
        assertThat(devices().lines().count()).isEqualTo(before.lines().count());
    }

    private static String identity(NetworkNamespace namespace) {
        return namespace.call(NetworkNamespaceTest::identityHere);
    }

    private static String identityHere() {
        try {
            return Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net")).toString();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static String devices() {
        try {
            return Files.readString(Path.of("/proc/thread-self/net/dev"));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}

package org.sluice.controller.compute.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HostnamesTest {
    @Test
    void areMadeFromNamesAsNovaMakesThem() {
        assertThat(Hostnames.of("vm00", "x")).isEqualTo("vm00");
        assertThat(Hostnames.of("My Web_Server #1", "x")).isEqualTo("my-web-server-1");
        assertThat(Hostnames.of("..-a.b-..", "x")).isEqualTo("a.b");
        assertThat(Hostnames.of("ü", "server-1")).isEqualTo("server-1");
        assertThat(Hostnames.of("a".repeat(80), "x")).hasSize(63);
    }

    @Test
    void areCheckedWhenGiven() {
        assertThat(Hostnames.isValid("web-1.example.org")).isTrue();
        assertThat(Hostnames.isValid("-web")).isFalse();
        assertThat(Hostnames.isValid("web 1")).isFalse();
        assertThat(Hostnames.isValid("a..b")).isFalse();
        assertThat(Hostnames.isValid("a.-b")).isFalse();
        assertThat(Hostnames.isValid("a-.b")).isFalse();
        assertThat(Hostnames.isValid("a.")).isFalse();
        assertThat(Hostnames.isValid("a".repeat(63) + "." + "b".repeat(63))).isTrue();
        assertThat(Hostnames.isValid("a".repeat(64))).isFalse();
        assertThat(Hostnames.isValid(("a".repeat(50) + ".").repeat(5) + "b")).isFalse();
    }

    @Test
    void staySoWhenTheyAreMadeOfHostileNames() {
        assertThat(Hostnames.of("a.-b-.c", "x")).isEqualTo("a.b.c");
        assertThat(Hostnames.of("a".repeat(62) + "-b", "x")).isEqualTo("a".repeat(62));
        assertThat(Hostnames.isValid(Hostnames.of("x".repeat(62) + ".y.z", "x")))
                .isTrue();
    }

    @Test
    void areNumberedInTheFirstLabelWithinItsLength() {
        assertThat(Hostnames.numbered("web", "-1")).isEqualTo("web-1");
        assertThat(Hostnames.numbered("web", "")).isEqualTo("web");
        assertThat(Hostnames.numbered("web.example.org", "-2")).isEqualTo("web-2.example.org");
        assertThat(Hostnames.numbered("a".repeat(63), "-1000")).isEqualTo("a".repeat(58) + "-1000");
        assertThat(Hostnames.numbered("a".repeat(60) + "-bb", "-1")).isEqualTo("a".repeat(60) + "-1");
    }
}

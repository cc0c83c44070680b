package org.sluice.controller.compute;

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
    }
}

package org.sluice.controller.network.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import org.junit.jupiter.api.Test;

final class AddressesTest {
    @Test
    void aNameIsNotAnAddress() {
        assertThat(Addresses.isAddress("localhost")).isFalse();
        assertThat(Addresses.isAddress("10.0.0.300")).isFalse();
        assertThat(Addresses.isAddress("fe80::1%eth0")).isFalse();
        assertThat(Addresses.isAddress("fe80::1")).isTrue();
    }

    @Test
    void aRangeDoesNotEndBeforeItBegins() {
        assertThatThrownBy(() -> new IpRange(4, BigInteger.TWO, BigInteger.ONE))
                .isInstanceOf(IllegalArgumentException.class);
    }
}

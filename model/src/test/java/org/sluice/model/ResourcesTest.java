package org.sluice.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class ResourcesTest {
    private final Resources small = new Resources(1, 2048, 10);
    private final Resources wide = new Resources(4, 1024, 10);

    @Test
    void areCountedTogetherAndApart() {
        assertThat(small.plus(wide)).isEqualTo(new Resources(5, 3072, 20));
        assertThat(small.plus(wide).minus(wide)).isEqualTo(small);
        assertThatThrownBy(() -> small.minus(wide)).hasMessageContaining("less than nothing");
    }

    @Test
    void ofTwoThatAreNeverTakenTogetherTheLargerOfEachIsTaken() {
        assertThat(small.or(wide)).isEqualTo(new Resources(4, 2048, 10));
    }

    @Test
    void fitOnlyWhereThereIsRoomForEachOfThem() {
        assertThat(small.fitsIn(small)).isTrue();
        assertThat(wide.fitsIn(small)).isFalse();
        assertThat(small.fitsIn(wide)).isFalse();
        assertThat(new Resources(1, 1, 11).fitsIn(small)).isFalse();
    }
}

package org.sluice.controller.image.image;

/**
 * What is known of an image's bytes.
 *
 * @param size their number
 * @param virtualSize size in bytes of the disk that a server sees
 * @param md5 digest in lower-case hexadecimal digits; OpenStack's {@code checksum}
 * @param sha512 digest in lower-case hexadecimal digits; OpenStack's {@code os_hash_value}
 */
public record ImageContent(long size, long virtualSize, String md5, String sha512) {}

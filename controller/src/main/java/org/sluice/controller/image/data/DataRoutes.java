package org.sluice.controller.image.data;

import static java.util.Objects.requireNonNull;

import java.time.InstantSource;
import java.util.List;
import org.sluice.controller.http.BodyLimit;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.image.image.DiskFormat;
import org.sluice.controller.image.image.ImageRecord;
import org.sluice.controller.image.image.Images;
import org.sluice.controller.store.Transactions;
import org.sluice.model.ImageId;
import org.sluice.model.Problem;

/** {@code /v2/images/ID/file} (Image API reference, "Image data"). Thread-safe. */
public final class DataRoutes implements ResourceRoutes {
    private static final String BINARY = "application/octet-stream";

    private final Transactions transactions;
    private final Images images;
    private final ImageBytes bytes;
    private final ImageUploads uploads;

    public DataRoutes(
            Transactions transactions,
            Images images,
            ImageBytes bytes,
            ImageSweep sweep,
            UploadRoom room,
            InstantSource clock) {
        this.transactions = requireNonNull(transactions, "transactions is null");
        this.images = requireNonNull(images, "images is null");
        this.bytes = requireNonNull(bytes, "bytes is null");
        this.uploads = new ImageUploads(bytes, sweep, room, clock);
    }

    @Override
    public void routes(Routes routes) {
        routes.put("/v2/images/{id}/file", DataRules.UPLOAD, this::upload)
                .takes(BINARY)
                .atMost(BodyLimit.STREAMED);
        routes.get("/v2/images/{id}/file", DataRules.DOWNLOAD, this::download);
        routes.rules(List.of(DataRules.DOWNLOAD_DEACTIVATED));
    }

    private Reply upload(Exchange exchange) {
        ImageId id = Images.id(exchange);
        DiskFormat format =
                transactions.run(handle -> DataRules.requireReadyForUpload(images.locked(handle, exchange)));
        String project = exchange.caller().projectId();
        uploads.receive(id, project, format, exchange.contentLength(), exchange.bodyStream(), handle -> {
            // While the bytes came in, the image may have changed, gone, or got other bytes.
            if (DataRules.requireReadyForUpload(images.locked(handle, exchange)) != format) {
                throw Problem.of(
                                Problem.Kind.CONFLICT,
                                "ImageChanged",
                                "The disk_format of image " + id + " was changed during the upload.")
                        .asException();
            }
        });
        return Reply.empty(204);
    }

    private Reply download(Exchange exchange) {
        ImageRecord image = images.permitted(exchange);
        DataRules.requireReadable(exchange, image);
        return image.content()
                .map(content -> Reply.stream(BINARY, content.size(), out -> bytes.writeTo(image.id(), out))
                        .withHeader("Content-MD5", content.md5()))
                .orElseGet(() -> Reply.empty(204));
    }
}

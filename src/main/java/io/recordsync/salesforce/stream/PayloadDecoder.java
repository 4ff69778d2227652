package io.recordsync.salesforce.stream;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.util.Utf8;

/**
 * Avro's binary decoder for a payload that may be garbage: a length that the payload cannot hold allocates nothing.
 *
 * <p>Avro 1.12 allocates what a length says before it reads, so that five bytes claim two gigabytes and end the process; its
 * own limits ({@code org.apache.avro.limits.*}) are system properties that the JVM reads once, which in a host's JVM are not
 * ours to set. Throws {@link AvroRuntimeException} for such a length. Not thread-safe.
 */
final class PayloadDecoder extends Decoder {

    private final BinaryDecoder in;
    private final int size;

    PayloadDecoder(byte[] payload) {
        this.in = DecoderFactory.get().binaryDecoder(payload, null);
        this.size = payload.length;
    }

    private byte[] readWithLength() throws IOException {
        byte[] bytes = new byte[(int) checked(in.readLong())];
        in.readFixed(bytes);
        return bytes;
    }

    /** No item that this service reads takes less than a byte. */
    private long checked(long length) {
        if (length < 0 || length > size) {
            throw new AvroRuntimeException("a length of " + length + " in a payload of " + size + " bytes");
        }
        return length;
    }

    @Override
    public Utf8 readString(Utf8 old) throws IOException {
        return new Utf8(readWithLength());
    }

    @Override
    public String readString() throws IOException {
        return readString(null).toString();
    }

    @Override
    public ByteBuffer readBytes(ByteBuffer old) throws IOException {
        return ByteBuffer.wrap(readWithLength());
    }

    @Override
    public long readArrayStart() throws IOException {
        return checked(in.readArrayStart());
    }

    @Override
    public long arrayNext() throws IOException {
        return checked(in.arrayNext());
    }

    @Override
    public long readMapStart() throws IOException {
        return checked(in.readMapStart());
    }

    @Override
    public long mapNext() throws IOException {
        return checked(in.mapNext());
    }

    @Override
    public void readNull() throws IOException {
        in.readNull();
    }

    @Override
    public boolean readBoolean() throws IOException {
        return in.readBoolean();
    }

    @Override
    public int readInt() throws IOException {
        return in.readInt();
    }

    @Override
    public long readLong() throws IOException {
        return in.readLong();
    }

    @Override
    public float readFloat() throws IOException {
        return in.readFloat();
    }

    @Override
    public double readDouble() throws IOException {
        return in.readDouble();
    }

    @Override
    public void skipString() throws IOException {
        in.skipString();
    }

    @Override
    public void skipBytes() throws IOException {
        in.skipBytes();
    }

    @Override
    public void readFixed(byte[] bytes, int start, int length) throws IOException {
        in.readFixed(bytes, start, length);
    }

    @Override
    public void skipFixed(int length) throws IOException {
        in.skipFixed(length);
    }

    @Override
    public int readEnum() throws IOException {
        return in.readEnum();
    }

    @Override
    public long skipArray() throws IOException {
        return in.skipArray();
    }

    @Override
    public long skipMap() throws IOException {
        return in.skipMap();
    }

    @Override
    public int readIndex() throws IOException {
        return in.readIndex();
    }
}

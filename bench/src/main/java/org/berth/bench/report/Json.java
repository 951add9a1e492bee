package org.berth.bench.report;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * An object in a JSON file. Accessors require their field to exist and to have the right type; their errors name the
 * file and the field.
 */
record Json(Path file, JsonObject object) {

    /** The extension of files that {@code publish} has compressed. */
    static final String COMPRESSED = ".gz";

    static Json object(Path file) throws InvalidInputException {
        if (read(file) instanceof JsonObject object) {
            return new Json(file, object);
        }
        throw new InvalidInputException("not what a run writes: file=" + file + " wanted=a JSON object");
    }

    static List<Json> array(Path file) throws InvalidInputException {
        return objects(file, read(file), "the whole");
    }

    private static JsonElement read(Path file) throws InvalidInputException {
        String text = text(file);
        try {
            return JsonParser.parseString(text);
        } catch (JsonParseException e) {
            throw new InvalidInputException("corrupt, no JSON: file=" + file, e);
        }
    }

    static String text(Path file) throws InvalidInputException {
        try {
            return file.toString().endsWith(COMPRESSED) ? decompressed(file) : Files.readString(file);
        } catch (IOException e) {
            throw new InvalidInputException("cannot read: file=" + file + " reason=" + e, e);
        }
    }

    private static String decompressed(Path file) throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    boolean has(String field) {
        return object.has(field);
    }

    String text(String field) throws InvalidInputException {
        return primitive(field, JsonPrimitive::isString, "text").getAsString();
    }

    boolean flag(String field) throws InvalidInputException {
        return primitive(field, JsonPrimitive::isBoolean, "true or false").getAsBoolean();
    }

    long whole(String field) throws InvalidInputException {
        double value = primitive(field, JsonPrimitive::isNumber, "a number").getAsDouble();
        if (value != Math.rint(value) || value < 0) {
            throw wrong(field, "a whole number");
        }
        return (long) value;
    }

    /** Returns a number, or NaN, which JMH writes as a string. */
    double number(String field) throws InvalidInputException {
        JsonPrimitive value = primitive(field, primitive -> true, "a number");
        if (value.isString() && value.getAsString().equals("NaN")) {
            return Double.NaN;
        }
        return primitive(field, JsonPrimitive::isNumber, "a number").getAsDouble();
    }

    Json object(String field) throws InvalidInputException {
        if (object.get(field) instanceof JsonObject found) {
            return new Json(file, found);
        }
        throw wrong(field, "an object");
    }

    List<Json> objects(String field) throws InvalidInputException {
        return objects(file, object.get(field), field);
    }

    /** Like {@link #objects(String)}, but the field may be missing or its list empty. */
    List<Json> objectsOrNone(String field) throws InvalidInputException {
        boolean none = !object.has(field) || (object.get(field) instanceof JsonArray array && array.isEmpty());
        return none ? List.of() : objects(field);
    }

    List<String> texts(String field) throws InvalidInputException {
        if (!(object.get(field) instanceof JsonArray array)) {
            throw wrong(field, "a list");
        }
        List<String> texts = new ArrayList<>();
        for (JsonElement element : array) {
            if (!(element instanceof JsonPrimitive primitive)) {
                throw wrong(field, "a list of texts");
            }
            texts.add(primitive.getAsString());
        }
        return texts;
    }

    /** Returns the fields that are objects. */
    Map<String, Json> children() {
        Map<String, Json> children = new LinkedHashMap<>();
        object.entrySet().forEach(entry -> {
            if (entry.getValue() instanceof JsonObject child) {
                children.put(entry.getKey(), new Json(file, child));
            }
        });
        return children;
    }

    /** Returns the fields that are primitives, as text. */
    Map<String, String> values() {
        Map<String, String> values = new LinkedHashMap<>();
        object.entrySet().forEach(entry -> {
            if (entry.getValue() instanceof JsonPrimitive value) {
                values.put(entry.getKey(), value.getAsString());
            }
        });
        return values;
    }

    void checkSchema(int wanted) throws InvalidInputException {
        long found = whole("schema");
        if (found != wanted) {
            throw new InvalidInputException("unknown schema: file=" + file + " found=" + found + " wanted=" + wanted);
        }
    }

    private JsonPrimitive primitive(String field, Predicate<JsonPrimitive> kind, String wanted)
            throws InvalidInputException {
        if (object.get(field) instanceof JsonPrimitive value && kind.test(value)) {
            return value;
        }
        throw wrong(field, wanted);
    }

    private InvalidInputException wrong(String field, String wanted) {
        return new InvalidInputException(
                "not what a run writes: file=" + file + " field=" + field + " wanted=" + wanted);
    }

    private static List<Json> objects(Path file, @Nullable JsonElement element, String where)
            throws InvalidInputException {
        List<Json> objects = new ArrayList<>();
        if (element instanceof JsonArray array) {
            for (JsonElement entry : array) {
                if (entry instanceof JsonObject object) {
                    objects.add(new Json(file, object));
                }
            }
            if (!array.isEmpty() && objects.size() == array.size()) {
                return objects;
            }
        }
        throw new InvalidInputException(
                "not what a run writes: file=" + file + " field=" + where + " wanted=a " + "list of objects");
    }
}

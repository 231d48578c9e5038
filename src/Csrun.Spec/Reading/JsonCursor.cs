using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Csrun.Spec;

/// <summary>
/// What the generated readers read by: a <see cref="Utf8JsonReader"/> with the rules of config.json on top. JSON null
/// is absent, an unknown member is skipped with all below it, a known one given twice is a fault.
/// </summary>
/// <remarks>
/// Without a collector the first fault ends the reading: all further calls find nothing, so the readers unwind, and
/// no place is tracked. With one each fault is noted with its place, the bad value reads as absent (an object as an
/// empty one, so that indexes stay true) and reading goes on. Text that is no JSON throws <see cref="JsonException"/>
/// either way.
/// </remarks>
internal ref partial struct JsonCursor
{
    private const int MaxDepth = 64;

    private readonly FaultCollector? _collector;
    private Utf8JsonReader _json;
    private ReadOnlySpan<byte> _name;
    private string? _nameFault;
    private object?[] _elements = [];
    private int _elementCount;
    private bool _emptyObject;

    /// <summary>Begins before the document, which must be valid UTF-8.</summary>
    public JsonCursor(ReadOnlySpan<byte> utf8Json, FaultCollector? collector)
    {
        _json = new Utf8JsonReader(utf8Json, new JsonReaderOptions { MaxDepth = MaxDepth });
        _collector = collector;
    }

    /// <summary>Whether a fault ended the reading; never so with a collector.</summary>
    public bool Failed { get; private set; }

    /// <summary>The member <see cref="NextMember"/> came to, unescaped.</summary>
    public readonly ReadOnlySpan<byte> Name => _name;

    /// <summary>Whether the nesting is as deep as is allowed, for the message of a JsonException.</summary>
    /// <remarks>The reader does not count the object or array that it has just entered.</remarks>
    public readonly bool IsDeepest =>
        _json.CurrentDepth
            >= MaxDepth - (_json.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray ? 1 : 0);

    /// <summary>Reads the whole document, one object, by the reader of its type.</summary>
    /// <exception cref="JsonException">The text is no JSON, or more follows the object.</exception>
    public unsafe T? ReadDocument<T>(delegate*<ref JsonCursor, T?> read)
        where T : class
    {
        _json.Read();
        if (_json.TokenType != JsonTokenType.StartObject)
        {
            Expected("an object");
            return null;
        }

        T? document = read(ref this);
        if (Failed)
        {
            return null;
        }

        _json.Read();
        return document;
    }

    /// <summary>Goes into the object at hand; false when there is none to read.</summary>
    public bool EnterObject()
    {
        if (_json.TokenType == JsonTokenType.StartObject)
        {
            _collector?.Enter();
            return true;
        }

        if (_json.TokenType == JsonTokenType.Null && !_emptyObject)
        {
            return false;
        }

        if (!_emptyObject)
        {
            Expected("an object");
        }

        _emptyObject = _collector is not null;
        return _emptyObject;
    }

    /// <summary>Goes to the next member's value; false at the end of the object.</summary>
    public bool NextMember()
    {
        if (Failed)
        {
            return false;
        }

        if (_emptyObject)
        {
            _emptyObject = false;
            return false;
        }

        _json.Read();
        if (_json.TokenType == JsonTokenType.EndObject)
        {
            _collector?.Leave();
            return false;
        }

        _name = _json.ValueSpan;
        _nameFault = null;
        if (_json.ValueIsEscaped)
        {
            UnescapeName();
        }

        _collector?.AtMember(_name, _json.TokenStartIndex);
        _json.Read();
        return true;
    }

    /// <summary>Whether this is the member's first time in its object; if not, that is a fault.</summary>
    /// <param name="index">The member's number, its bit in <paramref name="seen"/>.</param>
    /// <param name="seen">The members that the object had so far.</param>
    public bool First(int index, ref uint seen)
    {
        uint bit = 1u << index;
        if ((seen & bit) == 0)
        {
            seen |= bit;
            return true;
        }

        Fail("given twice", hidesBelow: false);
        Skip();
        return false;
    }

    /// <summary>Passes over the value at hand, whatever is in it.</summary>
    public void Skip() => _json.Skip();

    /// <summary>Reads an array of objects.</summary>
    public unsafe T[]? ReadArray<T>(delegate*<ref JsonCursor, T?> read)
        where T : class
    {
        if (!EnterArray())
        {
            return null;
        }

        int start = _elementCount;
        while (NextElement())
        {
            if (_json.TokenType == JsonTokenType.Null)
            {
                Expected("an object");
                _emptyObject = _collector is not null;
            }

            Push(read(ref this));
        }

        return Pop<T>(start);
    }

    /// <summary>Reads an object whose member names are free and whose values are objects.</summary>
    public unsafe Dictionary<string, T>? ReadMap<T>(delegate*<ref JsonCursor, T?> read)
        where T : class
    {
        if (!EnterObject())
        {
            return null;
        }

        Dictionary<string, T> map = [];
        while (NextEntry(out string? key))
        {
            if (_json.TokenType == JsonTokenType.Null)
            {
                Expected("an object");
                continue;
            }

            AddEntry(map, key, read(ref this));
        }

        return map;
    }

    /// <summary>Reads an object whose member names are free and whose values are strings.</summary>
    public Dictionary<string, string>? ReadStringMap()
    {
        if (!EnterObject())
        {
            return null;
        }

        Dictionary<string, string> map = [];
        while (NextEntry(out string? key))
        {
            AddEntry(map, key, ReadElementString());
        }

        return map;
    }

    private bool EnterArray()
    {
        if (_json.TokenType == JsonTokenType.StartArray)
        {
            _collector?.Enter();
            return true;
        }

        if (_json.TokenType != JsonTokenType.Null)
        {
            Expected("an array");
        }

        return false;
    }

    private bool NextElement()
    {
        if (Failed)
        {
            return false;
        }

        _json.Read();
        if (_json.TokenType == JsonTokenType.EndArray)
        {
            _collector?.Leave();
            return false;
        }

        _collector?.AtElement(_json.TokenStartIndex);
        return true;
    }

    /// <summary>Goes to the next entry of a map. The key is null where it is at fault.</summary>
    private bool NextEntry(out string? key)
    {
        key = null;
        if (!NextMember())
        {
            return false;
        }

        _collector?.AtEntry(_name, _json.TokenStartIndex);
        if (_nameFault is not null)
        {
            Fail(_nameFault, hidesBelow: true);
        }
        else
        {
            key = JsonText.ToString(_name);
        }

        return !Failed;
    }

    private void AddEntry<T>(Dictionary<string, T> map, string? key, T? value)
        where T : class
    {
        if (key is not null && value is not null && !map.TryAdd(key, value))
        {
            Fail("given twice", hidesBelow: false);
        }
    }

    private void UnescapeName()
    {
        // A name that is no text stays escaped: with its backslash it is no known one.
        _nameFault = JsonText.FaultOfEscapes(_name);
        if (_nameFault is null)
        {
            byte[] name = new byte[_name.Length];
            _name = name.AsSpan(0, _json.CopyString(name));
        }
    }

    /// <summary>Elements wait on one stack until their array's length is known: one allocation an array.</summary>
    private void Push(object? element)
    {
        if (_elementCount == _elements.Length)
        {
            Array.Resize(ref _elements, Math.Max(64, 2 * _elementCount));
        }

        _elements[_elementCount++] = element;
    }

    private T[] Pop<T>(int start)
        where T : class
    {
        T[] array = new T[_elementCount - start];
        for (int i = 0; i < array.Length; i++)
        {
            array[i] = Unsafe.As<T>(_elements[start + i]!);
        }

        _elementCount = start;
        return array;
    }

    /// <summary>Notes that the value at hand is not what was expected, and passes over it.</summary>
    private void Expected(string expected)
    {
        if (_collector is null)
        {
            Failed = true;
            return;
        }

        Fail($"expected {expected}, found {Found()}", hidesBelow: true);
        Skip();
    }

    private void Fail(string message, bool hidesBelow)
    {
        if (_collector is null)
        {
            Failed = true;
            return;
        }

        _collector.Add(message, _json.TokenStartIndex, hidesBelow);
    }

    private readonly string Found() => _json.TokenType switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => Message.Shorten(JsonText.ToString(_json.ValueSpan)),
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        _ => "null",
    };
}

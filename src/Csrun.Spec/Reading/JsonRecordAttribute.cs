using System;

namespace Csrun.Spec;

/// <summary>Marks a record that Csrun.Spec.Generator makes a reader for: <c>RecordReader.ReadX</c>.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class JsonRecordAttribute : Attribute;

namespace Csrun.Spec;

namespace Csrun.Cgroups;
